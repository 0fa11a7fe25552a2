"""Load shedding rejects excess requests before any work, and slow clients take no slot."""

import asyncio
from typing import Any

import pytest

from application.ports.unit_of_work import Unavailable
from entrypoints.http.middleware.load_shedding import LoadSheddingMiddleware


class Application:
    """An application that reads the body, works until it is released, and responds."""

    def __init__(self) -> None:
        self.started = 0
        self.may_finish = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        self.started += 1
        await self.may_finish.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Client:
    """A client that sends a request and its body, and may never read the response."""

    def __init__(
        self, shedding: LoadSheddingMiddleware, path: str = "/api/spaces", *, reads: bool = True
    ) -> None:
        self.body_sent = asyncio.Event()
        self._reads = reads
        scope: Any = {"type": "http", "path": path}
        self.task = asyncio.ensure_future(shedding(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        await self.body_sent.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Any) -> None:
        if not self._reads:
            await asyncio.Event().wait()


@pytest.fixture
async def app() -> Application:
    return Application()


async def send_request(
    shedding: LoadSheddingMiddleware, path: str = "/api/spaces", **options: Any
) -> Client:
    """Send a request and return its client once the request is in flight or shed."""
    client = Client(shedding, path, **options)
    client.body_sent.set()
    await let_tasks_run()
    return client


async def let_tasks_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def is_shed(client: Client) -> bool:
    return client.task.done() and isinstance(client.task.exception(), Unavailable)


async def test_excess_requests_are_shed_until_there_is_room(app: Application) -> None:
    shedding = LoadSheddingMiddleware(app, max_in_flight=2)
    clients = [await send_request(shedding) for _ in range(5)]
    assert [is_shed(client) for client in clients] == [False, False, True, True, True]
    assert app.started == 2
    app.may_finish.set()
    await let_tasks_run()
    assert not is_shed(await send_request(shedding))


async def test_the_liveness_check_is_never_shed(app: Application) -> None:
    shedding = LoadSheddingMiddleware(app, max_in_flight=0)
    assert not is_shed(await send_request(shedding, "/health/live"))


async def test_log_ins_leave_room_for_other_requests(app: Application) -> None:
    shedding = LoadSheddingMiddleware(app, max_in_flight=4, max_passwords_in_flight=2)
    log_ins = [await send_request(shedding, "/auth/login") for _ in range(9)]
    assert [is_shed(client) for client in log_ins] == [False] * 2 + [True] * 7
    others = [await send_request(shedding) for _ in range(3)]
    assert [is_shed(client) for client in others] == [False, False, True]


async def test_a_client_that_sends_its_body_slowly_takes_no_slot(app: Application) -> None:
    shedding = LoadSheddingMiddleware(app, max_in_flight=1)
    slow = [Client(shedding) for _ in range(9)]
    await let_tasks_run()
    other = await send_request(shedding)
    assert not is_shed(other)
    slow[0].body_sent.set()
    await let_tasks_run()
    assert is_shed(slow[0])
    app.may_finish.set()
    await let_tasks_run()
    slow[1].body_sent.set()
    await let_tasks_run()
    assert slow[1].task.done()
    assert not is_shed(slow[1])
    for client in slow[2:]:
        client.task.cancel()


async def test_a_client_that_reads_slowly_or_disconnects_takes_no_slot(app: Application) -> None:
    shedding = LoadSheddingMiddleware(app, max_in_flight=1)
    app.may_finish.set()
    slow = await send_request(shedding, reads=False)
    app.may_finish.clear()
    disconnecting = await send_request(shedding)
    assert not is_shed(disconnecting)
    disconnecting.task.cancel()
    await let_tasks_run()
    assert not is_shed(await send_request(shedding))
    slow.task.cancel()
