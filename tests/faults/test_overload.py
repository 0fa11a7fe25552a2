"""Far more is asked than can be answered: some is answered in time, the rest refused at once."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import count
from statistics import quantiles
from typing import Any

import pytest

from tests.faults.journal import LONGEST_ANSWER_SECONDS, SLACK_SECONDS, Journal, is_sound_refusal
from tests.faults.wire import Answer, Line

CROWD = 600
"""Three times as many as are let in, and sixty times as many as there are connections."""
GUESSERS = 300
NOISE_SECONDS = 0.5
"""What the 99th of a hundred may have waited for anything else on a busy machine."""

Ask = Callable[[Line, int], Coroutine[Any, Any, Answer]]


async def load(url: str, clients: int, ask: Ask, *, seconds: float) -> list[Answer]:
    """So many clients, each of which asks again as soon as it has its answer."""
    until, numbers = time.monotonic() + seconds, count()

    async def client() -> list[Answer]:
        answers = []
        async with Line(url, {}) as line:
            while time.monotonic() < until:
                answers.append(await ask(line, next(numbers)))
        return answers

    return [one for its in await asyncio.gather(*(client() for _ in range(clients))) for one in its]


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[98]


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.soak)])
async def test_what_is_too_much_is_refused_and_nobody_waits_long(
    journal: Journal, seconds: float
) -> None:
    def see_spaces(line: Line, _: int) -> Coroutine[Any, Any, Answer]:
        return line.ask("GET", "/api/spaces", headers=journal.bearer)

    def is_alive(line: Line, _: int) -> Coroutine[Any, Any, Answer]:
        return line.ask("GET", "/health/live")

    answers, alive = await asyncio.gather(
        load(journal.url, CROWD, see_spaces, seconds=seconds),
        load(journal.url, 1, is_alive, seconds=seconds),
    )
    served = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status != 200]
    assert all(map(is_sound_refusal, refused))
    assert served
    assert refused
    assert {answer.status for answer in alive} == {200}
    slowest = max(answer.seconds for answer in answers)
    print(f"{len(served)} served, {len(refused)} refused; slowest {slowest:.2f} s")  # noqa: T201
    assert slowest < LONGEST_ANSWER_SECONDS + SLACK_SECONDS
    # And when they are gone it is as if they had never been there.
    [after] = await load(journal.url, 1, see_spaces, seconds=0.001)
    assert after.status == 200


@pytest.mark.parametrize("seconds", [2, pytest.param(30, marks=pytest.mark.soak)])
async def test_a_flood_of_log_ins_is_refused_and_members_go_on_booking(
    journal: Journal, seconds: float
) -> None:
    def guess(line: Line, number: int) -> Coroutine[Any, Any, Answer]:
        body = {"email": f"somebody{number}@example.com", "password": "a guess"}
        return line.ask("POST", "/auth/login", body)

    async with journal.kept():
        await journal.has_got_on(by=20)
        journal.seconds.clear()
        await asyncio.sleep(seconds)
        quiet, journal.seconds = journal.seconds, []
        guesses = await load(journal.url, GUESSERS, guess, seconds=seconds)
        in_flood = journal.seconds
    print(  # noqa: T201 - for who measures
        f"{len(guesses)} guesses; p99 of a booking {p99(quiet):.3f} s, in the flood"
        f" {p99(in_flood):.3f} s of {len(in_flood)}; of a guess"
        f" {p99([answer.seconds for answer in guesses]):.2f} s"
    )
    assert set(journal.statuses) == {201}
    assert {answer.status for answer in guesses} == {401, 503}
    assert all(is_sound_refusal(answer) for answer in guesses if answer.status != 401)
    assert p99(in_flood) <= 3 * p99(quiet) + NOISE_SECONDS
    assert max(answer.seconds for answer in guesses) < LONGEST_ANSWER_SECONDS + SLACK_SECONDS
