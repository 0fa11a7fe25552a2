"""A process that uses the embedded PostgreSQL, for tests to start and to kill.

    python -m tests.embedded.user DIRECTORY WORD

Adds a row with the word, prints "committed", and goes on until it is interrupted or killed. When
interrupted it adds another row, as a service that drains would, before it leaves.
"""

import asyncio
import signal
import sys
from pathlib import Path

import asyncpg

from adapters.embedded import EmbeddedPostgres


async def main(directory: Path, word: str) -> None:
    interrupted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.set)
    async with EmbeddedPostgres(directory) as server:
        await add(server.dsn, word)
        print("committed", flush=True)  # noqa: T201  # what the test waits for
        await interrupted.wait()
        await asyncio.sleep(0.3)  # Long enough for a server that got the signal too to be gone.
        await add(server.dsn, f"{word}, drained")


async def add(dsn: str, word: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        await connection.execute("INSERT INTO words VALUES ($1)", word)
    finally:
        await connection.close()


async def words(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        return [word for (word,) in await connection.fetch("SELECT word FROM words ORDER BY word")]
    finally:
        await connection.close()


async def forget(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("DROP TABLE IF EXISTS words")
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
