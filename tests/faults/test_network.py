"""The network to PostgreSQL is slow, stalls, and loses connections during bookings."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.databases import TestServer
from tests.faults.booking_history import (
    MAX_RESPONSE_SECONDS,
    TOLERANCE_SECONDS,
    BookingHistory,
    is_valid_rejection,
)
from tests.faults.conftest import reset_history, run_service
from tests.faults.http_connection import HttpConnection
from tests.faults.proxy import Proxy, run_proxy

LATENCY_SECONDS = 0.02
STALL_SECONDS = 0.5
MARCH = "start_date=2026-03-01&end_date=2026-03-31"


@dataclass(frozen=True, slots=True)
class ProxiedService:
    """A service that reaches its database through the proxy; `dsn` is the direct URL."""

    proxy: Proxy
    url: str
    dsn: str


@pytest.fixture(scope="module")
def proxied_service(
    server_18: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProxiedService]:
    with (
        server_18.scratch_database() as direct,
        run_proxy(direct) as (proxy, dsn),
        run_service(dsn, tmp_path_factory.mktemp("proxied")) as served,
    ):
        yield ProxiedService(proxy, served.url, direct)


@pytest.fixture
async def history(proxied_service: ProxiedService) -> BookingHistory:
    return await reset_history(proxied_service.url, proxied_service.dsn)


@pytest.mark.parametrize("times", [2, pytest.param(50, marks=pytest.mark.soak)])
async def test_a_slow_stalling_and_interrupted_network_loses_nothing(
    proxied_service: ProxiedService, history: BookingHistory, times: int
) -> None:
    async with history.booking():
        for _ in range(times):
            await slow_down_and_stall(history, proxied_service.proxy)
        assert history.statuses[503] == 0
        for _ in range(times):
            await history.wait_for_bookings()
            proxied_service.proxy.abort_connections()
            await history.wait_for_bookings()
    await history.verify(proxied_service.dsn)


async def test_a_network_that_drops_everything_gives_a_503_in_time(
    proxied_service: ProxiedService, history: BookingHistory
) -> None:
    paths = "/api/spaces", f"/api/analytics/revenue?{MARCH}", "/api/users"
    async with history.booking():
        await history.wait_for_bookings()
        proxied_service.proxy.is_blocked = True
        connections = [HttpConnection(proxied_service.url, history.bearer) for _ in paths]
        responses = await asyncio.gather(
            *(
                connection.request("GET", path)
                for connection, path in zip(connections, paths, strict=True)
            )
        )
        await history.wait_for_rejections(1)
        proxied_service.proxy.is_blocked = False
        await history.wait_for_bookings()
    for connection in connections:
        connection.abort()
    assert all(map(is_valid_rejection, responses))
    slowest = max(response.seconds for response in responses)
    assert slowest < MAX_RESPONSE_SECONDS + TOLERANCE_SECONDS
    await history.verify(proxied_service.dsn)


async def slow_down_and_stall(history: BookingHistory, proxy: Proxy) -> None:
    """Delay the network, then stall it for STALL_SECONDS; neither may fail a request."""
    proxy.delay = LATENCY_SECONDS
    await history.wait_for_bookings()
    proxy.delay = 0
    proxy.is_blocked = True
    await asyncio.sleep(STALL_SECONDS)
    proxy.is_blocked = False
    await history.wait_for_bookings()
