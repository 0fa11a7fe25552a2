"""HouseFigures: what is true of the house as a whole, asked of the database at each scrape."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from application.bookings.count_open_holds import CountOpenHolds
from application.ports.unit_of_work import Unavailable


class HouseFigures:
    """The same whichever process answers. While the database is away there is only `cowork_up`."""

    def __init__(self, count_open_holds: CountOpenHolds) -> None:
        self._count_open_holds = count_open_holds

    async def text(self) -> bytes:
        """Prometheus's text."""
        registry = CollectorRegistry()
        registry.register(_Collected(await self._figures()))
        return generate_latest(registry)

    async def _figures(self) -> list[Metric]:
        up = GaugeMetricFamily("cowork_database_up", "Whether the database answers.")
        holds = GaugeMetricFamily("cowork_open_holds", "Unpaid bookings that hold their slot.")
        try:
            holds.add_metric([], await self._count_open_holds())
        except Unavailable:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        return [up, holds]


class _Collected:
    """A collector of what has been found out already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics
