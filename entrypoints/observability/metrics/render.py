"""What Prometheus is told: the numbers of all processes, and those of the house."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from entrypoints.observability.metrics import instruments
from entrypoints.observability.metrics.business_gauges import BusinessGauges
from entrypoints.observability.metrics.multiprocess import forget_the_dead, shared_folder

__all__ = ["CONTENT_TYPE_LATEST", "exposition", "instruments"]


async def exposition(house: BusinessGauges) -> bytes:
    """Prometheus's text format."""
    return _counted() + await house.text()


def _counted() -> bytes:
    folder = shared_folder()
    if folder is None:
        return generate_latest(REGISTRY)
    forget_the_dead(folder)
    together = CollectorRegistry()
    MultiProcessCollector(together, str(folder))  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(together)
