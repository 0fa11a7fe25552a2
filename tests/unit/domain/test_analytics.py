"""Reports: the domain computes the same from a history as an independent, slow oracle."""

import asyncio

from hypothesis import given, settings

from adapters.memory import MemoryStore
from tests.analytics.histories import History, histories
from tests.analytics.oracle import Oracle
from tests.analytics.test_reports import check_reports


@settings(max_examples=settings.default.max_examples // 4)  # type: ignore[union-attr]  # there is a default
@given(histories())
def test_reports_equal_the_oracle(history: History) -> None:
    asyncio.run(_check(history))


async def _check(history: History) -> None:
    store = MemoryStore()
    await history.store(store.unit_of_work)
    await check_reports(store.reports, Oracle(history))
