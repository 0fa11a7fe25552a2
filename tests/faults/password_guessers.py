"""Clients that guess passwords without a pause, in a separate process.

In the same process, they would keep the event loop of the measuring client busy.

    python -m tests.faults.password_guessers URL SECONDS

prints, as JSON, the status of each guess, the seconds of its response, and whether it was a valid
rejection.
"""

import asyncio
import json
import sys
from typing import NamedTuple

from tests.faults.booking_history import is_valid_rejection
from tests.faults.http_connection import HttpConnection
from tests.faults.load import PendingResponse, load

GUESSERS = 300


class Guess(NamedTuple):
    """The outcome of a guess."""

    status: int
    seconds: float
    is_valid_rejection: bool


async def guess_passwords(url: str, *, seconds: float) -> list[Guess]:
    """Run the guessers for `seconds`. Returns all guesses."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, url, str(seconds), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return [Guess(*guess) for guess in json.loads(output)]


def _send_guess(connection: HttpConnection, number: int) -> PendingResponse:
    body = {"email": f"user{number}@example.com", "password": "a guess"}
    return connection.request("POST", "/auth/login", body)


async def _main(url: str, seconds: str) -> None:
    responses = await load(url, GUESSERS, _send_guess, seconds=float(seconds))
    guesses = [Guess(each.status, each.seconds, is_valid_rejection(each)) for each in responses]
    sys.stdout.write(json.dumps(guesses))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
