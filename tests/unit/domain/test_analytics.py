"""Reports: what the domain computes from a history is what an independent, slow oracle says."""

import asyncio

from hypothesis import given, settings

from adapters.memory import MemoryStore
from tests.analytics.histories import History, histories
from tests.analytics.oracle import Oracle
from tests.analytics.test_reports import check_reports


@settings(max_examples=settings.default.max_examples // 4)  # type: ignore[union-attr]  # there is a default
@given(histories())
def test_reports_are_what_the_oracle_says(history: History) -> None:
    asyncio.run(_check(history))


async def _check(history: History) -> None:
    store = MemoryStore()
    await history.store(store.unit_of_work)
    await check_reports(store.reports, Oracle(history))
