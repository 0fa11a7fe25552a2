"""Clients who guess passwords without a pause, in a process of their own.

Whoever measures beside them would else measure how busy they keep its event loop.

    python -m tests.faults.guessers URL SECONDS

prints for each guess the status, the seconds that its answer took, and whether it was a sound
refusal, as JSON.
"""

import asyncio
import json
import sys
from typing import NamedTuple

from tests.faults.journal import is_sound_refusal
from tests.faults.load import Asking, load
from tests.faults.wire import Line

GUESSERS = 300


class Guess(NamedTuple):
    """What became of a guess."""

    status: int
    seconds: float
    is_sound_refusal: bool


async def guesses(url: str, *, seconds: float) -> list[Guess]:
    """Let them guess for so long."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, url, str(seconds), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert process.returncode == 0
    return [Guess(*guess) for guess in json.loads(told)]


def _guess(line: Line, number: int) -> Asking:
    body = {"email": f"somebody{number}@example.com", "password": "a guess"}
    return line.ask("POST", "/auth/login", body)


async def _main(url: str, seconds: str) -> None:
    answers = await load(url, GUESSERS, _guess, seconds=float(seconds))
    told = [Guess(one.status, one.seconds, is_sound_refusal(one)) for one in answers]
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
