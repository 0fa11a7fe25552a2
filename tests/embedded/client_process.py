"""A process that uses the embedded PostgreSQL; tests start it and kill it.

    python -m tests.embedded.client_process DIRECTORY WORD

It inserts a row with the word, prints "committed", and runs until it is interrupted or killed. When
interrupted, it inserts another row before it exits, as a draining service would.
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
        await insert_word(server.dsn, word)
        print("committed", flush=True)  # noqa: T201  # the test waits for it
        await interrupted.wait()
        await asyncio.sleep(0.3)  # A server that received the signal too would have stopped by now.
        await insert_word(server.dsn, f"{word}, drained")


async def insert_word(dsn: str, word: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        await connection.execute("INSERT INTO words VALUES ($1)", word)
    finally:
        await connection.close()


async def read_words(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        return [word for (word,) in await connection.fetch("SELECT word FROM words ORDER BY word")]
    finally:
        await connection.close()


async def drop_words(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("DROP TABLE IF EXISTS words")
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
