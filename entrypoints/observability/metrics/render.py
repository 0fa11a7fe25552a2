"""Renders all metrics in Prometheus text format."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from entrypoints.observability.metrics import instruments
from entrypoints.observability.metrics.business_gauges import BusinessGauges
from entrypoints.observability.metrics.multiprocess import (
    multiprocess_folder,
    remove_gauges_of_ended_processes,
)

# Importing the instruments registers them, also in a process that has not counted anything yet.
__all__ = ["CONTENT_TYPE_LATEST", "instruments", "render_metrics"]


async def render_metrics(business_gauges: BusinessGauges) -> bytes:
    """Return the metrics of all processes of the service, and the business gauges."""
    return _process_metrics() + await business_gauges.render()


def _process_metrics() -> bytes:
    folder = multiprocess_folder()
    if folder is None:
        return generate_latest(REGISTRY)
    remove_gauges_of_ended_processes(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(registry)
