"""The embedded PostgreSQL lives as long as somebody uses it, and loses nothing committed."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.embedded import EmbeddedPostgres
from adapters.embedded.file_lock import FileLock
from adapters.postgres.dsn import for_sqlalchemy
from tests.embedded.conftest import kill_server, postmaster
from tests.embedded.user import add, words

StartUser = Callable[[str], "subprocess.Popen[str]"]
LONGEST_WAIT_SECONDS = 30


async def test_it_starts_again_with_its_rows(directory: Path) -> None:
    for word in ("one", "two"):
        async with EmbeddedPostgres(directory) as server:
            await add(server.dsn, word)
    async with EmbeddedPostgres(directory) as server:
        assert await words(server.dsn) == ["one", "two"]


async def test_what_is_committed_is_on_disk_and_checked(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        connection = await asyncpg.connect(server.dsn)
        settings = {
            name: await connection.fetchval("SELECT current_setting($1)", name)
            for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        }
        await connection.close()
    assert set(settings.values()) == {"on"}


async def test_its_text_is_utf8_and_knows_letters_beyond_ascii(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
        assert await connection.fetchval("SELECT 'İZMİR ÇAĞRI' ILIKE '%çağri'")
        await connection.close()


async def test_sqlalchemy_understands_its_address(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        engine = create_async_engine(for_sqlalchemy(server.dsn))
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT current_database()")) == "cowork"
        await engine.dispose()


async def test_it_listens_on_no_network_and_lets_only_its_owner_in(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SHOW listen_addresses") == ""
        await connection.close()
        running = postmaster(directory)
        assert running is not None
        assert running.socket_directory is not None
        assert running.socket_directory.stat().st_mode & 0o077 == 0


async def test_two_users_share_one_server_and_the_last_to_leave_stops_it(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as first:
        running = postmaster(directory)
        async with EmbeddedPostgres(directory) as second:
            assert second.dsn == first.dsn
            assert postmaster(directory) == running
        assert postmaster(directory) == running
        await add(first.dsn, "still there")
    assert postmaster(directory) is None


async def test_many_that_start_at_once_from_nothing_share_one_server(new_directory: Path) -> None:
    servers = [EmbeddedPostgres(new_directory) for _ in range(4)]
    await asyncio.gather(*(server.__aenter__() for server in servers))
    assert postmaster(new_directory) is not None
    assert len({server.dsn for server in servers}) == 1
    await add(servers[0].dsn, "hello")
    await asyncio.gather(*(server.__aexit__(None, None, None) for server in servers))
    assert postmaster(new_directory) is None


async def test_a_user_in_another_process_shares_it_too(directory: Path, user: StartUser) -> None:
    process = user("theirs")
    async with EmbeddedPostgres(directory) as server:
        assert await words(server.dsn) == ["theirs"]
    assert postmaster(directory) is not None
    process.send_signal(signal.SIGINT)
    assert process.wait(LONGEST_WAIT_SECONDS) == 0
    assert postmaster(directory) is None


async def test_a_killed_user_loses_nothing_and_the_next_one_takes_over(
    directory: Path, user: StartUser
) -> None:
    process = user("committed")
    process.kill()
    process.wait(LONGEST_WAIT_SECONDS)
    async with EmbeddedPostgres(directory) as server:
        assert await words(server.dsn) == ["committed"]
    assert postmaster(directory) is None


async def test_user_and_server_killed_at_once_lose_nothing(
    directory: Path, user: StartUser
) -> None:
    process = user("committed")
    kill_server(directory)
    process.kill()
    process.wait(LONGEST_WAIT_SECONDS)
    async with EmbeddedPostgres(directory) as server:
        assert await words(server.dsn) == ["committed"]


async def test_ctrl_c_does_not_stop_the_server_before_its_user_leaves(
    directory: Path, user: StartUser
) -> None:
    process = user("before")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(LONGEST_WAIT_SECONDS) == 0
    async with EmbeddedPostgres(directory) as server:
        assert await words(server.dsn) == ["before", "before, drained"]


@pytest.mark.parametrize("users", [1, 2])
async def test_a_server_that_dies_is_started_again_within_ten_seconds(
    directory: Path, users: int
) -> None:
    servers = [EmbeddedPostgres(directory) for _ in range(users)]
    for server in servers:
        await server.__aenter__()
    await add(servers[0].dsn, "before")
    watches = [asyncio.create_task(server.keep_running()) for server in servers]
    dead = kill_server(directory)
    async with asyncio.timeout(10):
        while True:
            try:
                assert await words(servers[0].dsn) == ["before"]
                break
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)
    running = postmaster(directory)
    assert running is not None
    assert running.pid != dead
    for watch in watches:
        watch.cancel()
    await asyncio.gather(*watches, return_exceptions=True)
    for server in servers:
        await server.__aexit__(None, None, None)
    assert postmaster(directory) is None


async def test_a_lock_file_that_names_another_process_does_not_keep_it_from_starting(
    directory: Path,
) -> None:
    async with EmbeddedPostgres(directory) as server:
        await add(server.dsn, "before")
        left = (directory / "postgres" / "postmaster.pid").read_text().split("\n")
    # As after a power cut, when the server's number has gone to somebody else: to us.
    left[0] = str(os.getpid())
    (directory / "postgres" / "postmaster.pid").write_text("\n".join(left))
    async with EmbeddedPostgres(directory) as server:
        assert await words(server.dsn) == ["before"]


async def test_a_cancelled_start_leaves_nothing_running(directory: Path) -> None:
    async def use() -> None:
        async with EmbeddedPostgres(directory):
            await asyncio.sleep(LONGEST_WAIT_SECONDS)

    # While somebody else has the turn, the start cannot come to its end before it is cancelled.
    turn = FileLock(directory / "postgres.turn")
    assert turn.acquire(shared=False, wait_seconds=0)
    starting = asyncio.create_task(use())
    await asyncio.sleep(0.05)
    starting.cancel()
    turn.release()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert postmaster(directory) is None
    async with EmbeddedPostgres(directory) as server:
        await add(server.dsn, "hello")


async def test_a_forked_child_has_no_claim_of_its_own(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        # A child that outlives its parent's use, as a worker process of a service may.
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writing)
            os.read(reading, 1)
            server.stop()
            os._exit(0)
        os.close(reading)
    assert postmaster(directory) is None
    async with EmbeddedPostgres(directory) as server:
        os.close(writing)
        await asyncio.to_thread(os.waitpid, child, 0)
        await add(server.dsn, "still there")
