"""What is too much is refused before any work, and slow clients take nobody's place."""

import asyncio
from typing import Any

import pytest

from application.ports.unit_of_work import Unavailable
from entrypoints.http.middleware.load_shedding import LoadSheddingMiddleware


class Application:
    """One that hears a body, works until it is told that it is done, and answers."""

    def __init__(self) -> None:
        self.begun = 0
        self.is_done = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        self.begun += 1
        await self.is_done.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Client:
    """Somebody who asks, sends the body when told to, and perhaps never reads the answer."""

    def __init__(
        self, door: LoadSheddingMiddleware, path: str = "/api/spaces", *, reads: bool = True
    ) -> None:
        self.has_sent = asyncio.Event()
        self._reads = reads
        scope: Any = {"type": "http", "path": path}
        self.asked = asyncio.ensure_future(door(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        await self.has_sent.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Any) -> None:
        if not self._reads:
            await asyncio.Event().wait()


@pytest.fixture
async def app() -> Application:
    return Application()


async def in_work(door: LoadSheddingMiddleware, path: str = "/api/spaces", **how: Any) -> Client:
    """Somebody who has asked, and what became of it after a while."""
    client = Client(door, path, **how)
    client.has_sent.set()
    await settled()
    return client


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def is_refused(client: Client) -> bool:
    return client.asked.done() and isinstance(client.asked.exception(), Unavailable)


async def test_what_is_too_much_is_refused_and_later_there_is_room(app: Application) -> None:
    door = LoadSheddingMiddleware(app, most=2)
    crowd = [await in_work(door) for _ in range(5)]
    assert [is_refused(client) for client in crowd] == [False, False, True, True, True]
    assert app.begun == 2
    app.is_done.set()
    await settled()
    assert not is_refused(await in_work(door))


async def test_whether_the_process_lives_is_always_answered(app: Application) -> None:
    door = LoadSheddingMiddleware(app, most=0)
    assert not is_refused(await in_work(door, "/health/live"))


async def test_log_ins_leave_room_for_everybody_else(app: Application) -> None:
    door = LoadSheddingMiddleware(app, most=4, max_passwords=2)
    log_ins = [await in_work(door, "/auth/login") for _ in range(9)]
    assert [is_refused(one) for one in log_ins] == [False] * 2 + [True] * 7
    others = [await in_work(door) for _ in range(3)]
    assert [is_refused(one) for one in others] == [False, False, True]


async def test_who_sends_a_body_slowly_takes_no_place(app: Application) -> None:
    door = LoadSheddingMiddleware(app, most=1)
    slow = [Client(door) for _ in range(9)]
    await settled()
    quick = await in_work(door)
    assert not is_refused(quick)
    slow[0].has_sent.set()
    await settled()
    assert is_refused(slow[0])
    app.is_done.set()
    await settled()
    slow[1].has_sent.set()
    await settled()
    assert slow[1].asked.done()
    assert not is_refused(slow[1])
    for client in slow[2:]:
        client.asked.cancel()


async def test_who_reads_the_answer_slowly_or_hangs_up_takes_no_place(app: Application) -> None:
    door = LoadSheddingMiddleware(app, most=1)
    app.is_done.set()
    slow = await in_work(door, reads=False)
    app.is_done.clear()
    hangs_up = await in_work(door)
    assert not is_refused(hangs_up)
    hangs_up.asked.cancel()
    await settled()
    assert not is_refused(await in_work(door))
    slow.asked.cancel()
