"""BusinessGauges: gauges of the whole house, read from the database at each scrape."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from application.bookings.count_open_holds import CountOpenHolds
from application.jobs.count_jobs import CountJobs
from application.ports.unit_of_work import Unavailable


class BusinessGauges:
    """The values do not depend on the process. Without the database, only `cowork_database_up`."""

    def __init__(self, count_open_holds: CountOpenHolds, count_jobs: CountJobs) -> None:
        self._count_open_holds = count_open_holds
        self._count_jobs = count_jobs

    async def render(self) -> bytes:
        """Return the gauges in Prometheus text format."""
        registry = CollectorRegistry()
        registry.register(_FixedCollector(await self._metrics()))
        return generate_latest(registry)

    async def _metrics(self) -> list[Metric]:
        up = GaugeMetricFamily("cowork_database_up", "Whether the database responds (1 or 0).")
        holds = GaugeMetricFamily("cowork_open_holds", "Unpaid bookings that hold their slot.")
        waiting = GaugeMetricFamily(
            "cowork_jobs_waiting", "Jobs that wait for their next attempt.", labels=["kind"]
        )
        given_up = GaugeMetricFamily(
            "cowork_jobs_given_up",
            "Jobs that failed permanently and need an operator.",
            labels=["kind"],
        )
        try:
            holds.add_metric([], await self._count_open_holds())
            for counts in await self._count_jobs():
                waiting.add_metric([counts.kind], counts.waiting)
                given_up.add_metric([counts.kind], counts.failed)
        except Unavailable:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        return [up, holds, waiting, given_up]


class _FixedCollector:
    """A collector of metrics whose values are already known."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics
