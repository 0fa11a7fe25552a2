"""Far more is asked than can be answered: some is answered in time, the rest refused at once."""

import asyncio
from statistics import quantiles

import pytest

from tests.faults.guessers import guesses
from tests.faults.journal import LONGEST_ANSWER_SECONDS, SLACK_SECONDS, Journal, is_sound_refusal
from tests.faults.load import Asking, load
from tests.faults.wire import Line

CROWD = 600
"""Three times as many as are let in, and sixty times as many as there are connections."""
NOISE_SECONDS = 0.5
"""What the 99th of a hundred may have waited for anything else on a busy machine."""
HARDLY_ANY_NOISE_SECONDS = 0.01
"""The same on one that does nothing else."""


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[98]


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.soak)])
async def test_what_is_too_much_is_refused_and_nobody_waits_long(
    journal: Journal, seconds: float
) -> None:
    def see_spaces(line: Line, _: int) -> Asking:
        return line.ask("GET", "/api/spaces", headers=journal.bearer)

    def is_alive(line: Line, _: int) -> Asking:
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
    async with Line(journal.url, {}) as line:
        assert (await see_spaces(line, 0)).status == 200


@pytest.mark.parametrize(
    "seconds, noise",
    [(2, NOISE_SECONDS), pytest.param(30, HARDLY_ANY_NOISE_SECONDS, marks=pytest.mark.soak)],
)
async def test_a_flood_of_log_ins_is_refused_and_members_go_on_booking(
    journal: Journal, seconds: float, noise: float
) -> None:
    async with journal.kept():
        await journal.has_got_on(by=20)
        journal.seconds.clear()
        await asyncio.sleep(seconds)
        quiet, journal.seconds = journal.seconds, []
        guessed = await guesses(journal.url, seconds=seconds)
        in_flood = journal.seconds
    print(  # noqa: T201 - for who measures
        f"{len(guessed)} guesses; p99 of a booking {p99(quiet):.3f} s, in the flood"
        f" {p99(in_flood):.3f} s of {len(in_flood)}; of a guess"
        f" {p99([guess.seconds for guess in guessed]):.2f} s"
    )
    assert set(journal.statuses) == {201}
    assert {guess.status for guess in guessed} == {401, 503}
    assert all(guess.is_sound_refusal for guess in guessed if guess.status != 401)
    assert p99(in_flood) <= 3 * p99(quiet) + noise
    assert max(guess.seconds for guess in guessed) < LONGEST_ANSWER_SECONDS + SLACK_SECONDS
