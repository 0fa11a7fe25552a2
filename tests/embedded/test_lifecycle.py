"""The embedded PostgreSQL runs while it is used, and loses no committed data."""

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
from adapters.postgres.engine.dsn import for_sqlalchemy
from tests.embedded.client_process import insert_word, read_words
from tests.embedded.conftest import kill_server, postmaster

StartClient = Callable[[str], "subprocess.Popen[str]"]
EXIT_TIMEOUT_SECONDS = 30


async def test_rows_survive_a_restart(directory: Path) -> None:
    for word in ("one", "two"):
        async with EmbeddedPostgres(directory) as server:
            await insert_word(server.dsn, word)
    async with EmbeddedPostgres(directory) as server:
        assert await read_words(server.dsn) == ["one", "two"]


async def test_commits_are_durable_and_pages_have_checksums(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        connection = await asyncpg.connect(server.dsn)
        settings = {
            name: await connection.fetchval("SELECT current_setting($1)", name)
            for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        }
        await connection.close()
    assert set(settings.values()) == {"on"}


async def test_the_encoding_is_utf8_and_case_rules_cover_non_ascii_letters(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
        assert await connection.fetchval("SELECT 'İZMİR ÇAĞRI' ILIKE '%çağri'")
        await connection.close()


async def test_sqlalchemy_accepts_the_dsn(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        engine = create_async_engine(for_sqlalchemy(server.dsn))
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT current_database()")) == "cowork"
        await engine.dispose()


async def test_it_does_not_listen_on_the_network_and_only_the_owner_can_enter(
    directory: Path,
) -> None:
    async with EmbeddedPostgres(directory) as server:
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SHOW listen_addresses") == ""
        await connection.close()
        running = postmaster(directory)
        assert running is not None
        assert running.socket_directory is not None
        assert running.socket_directory.stat().st_mode & 0o077 == 0


async def test_two_users_share_one_server_and_the_last_one_stops_it(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as first:
        running = postmaster(directory)
        async with EmbeddedPostgres(directory) as second:
            assert second.dsn == first.dsn
            assert postmaster(directory) == running
        assert postmaster(directory) == running
        await insert_word(first.dsn, "still there")
    assert postmaster(directory) is None


async def test_concurrent_first_starts_share_one_server(new_directory: Path) -> None:
    servers = [EmbeddedPostgres(new_directory) for _ in range(4)]
    await asyncio.gather(*(server.__aenter__() for server in servers))
    assert postmaster(new_directory) is not None
    assert len({server.dsn for server in servers}) == 1
    await insert_word(servers[0].dsn, "hello")
    await asyncio.gather(*(server.__aexit__(None, None, None) for server in servers))
    assert postmaster(new_directory) is None


async def test_a_user_in_another_process_shares_the_server(
    directory: Path, start_client: StartClient
) -> None:
    process = start_client("theirs")
    async with EmbeddedPostgres(directory) as server:
        assert await read_words(server.dsn) == ["theirs"]
    assert postmaster(directory) is not None
    process.send_signal(signal.SIGINT)
    assert process.wait(EXIT_TIMEOUT_SECONDS) == 0
    assert postmaster(directory) is None


async def test_after_a_user_is_killed_nothing_is_lost_and_the_next_one_takes_over(
    directory: Path, start_client: StartClient
) -> None:
    process = start_client("committed")
    process.kill()
    process.wait(EXIT_TIMEOUT_SECONDS)
    async with EmbeddedPostgres(directory) as server:
        assert await read_words(server.dsn) == ["committed"]
    assert postmaster(directory) is None


async def test_killing_user_and_server_together_loses_nothing(
    directory: Path, start_client: StartClient
) -> None:
    process = start_client("committed")
    kill_server(directory)
    process.kill()
    process.wait(EXIT_TIMEOUT_SECONDS)
    async with EmbeddedPostgres(directory) as server:
        assert await read_words(server.dsn) == ["committed"]


async def test_ctrl_c_does_not_stop_the_server_before_its_user_exits(
    directory: Path, start_client: StartClient
) -> None:
    process = start_client("before")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(EXIT_TIMEOUT_SECONDS) == 0
    async with EmbeddedPostgres(directory) as server:
        assert await read_words(server.dsn) == ["before", "before, drained"]


@pytest.mark.parametrize("users", [1, 2])
async def test_a_dead_server_is_restarted_within_ten_seconds(directory: Path, users: int) -> None:
    servers = [EmbeddedPostgres(directory) for _ in range(users)]
    for server in servers:
        await server.__aenter__()
    await insert_word(servers[0].dsn, "before")
    supervisors = [asyncio.create_task(server.supervise()) for server in servers]
    dead_pid = kill_server(directory)
    async with asyncio.timeout(10):
        while True:
            try:
                assert await read_words(servers[0].dsn) == ["before"]
                break
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)
    running = postmaster(directory)
    assert running is not None
    assert running.pid != dead_pid
    for supervisor in supervisors:
        supervisor.cancel()
    await asyncio.gather(*supervisors, return_exceptions=True)
    for server in servers:
        await server.__aexit__(None, None, None)
    assert postmaster(directory) is None


async def test_a_lock_file_with_the_pid_of_another_process_does_not_prevent_a_start(
    directory: Path,
) -> None:
    async with EmbeddedPostgres(directory) as server:
        await insert_word(server.dsn, "before")
        lines = (directory / "postgres" / "postmaster.pid").read_text().split("\n")
    # As after a power cut, when another process, here this one, has the server's process id.
    lines[0] = str(os.getpid())
    (directory / "postgres" / "postmaster.pid").write_text("\n".join(lines))
    async with EmbeddedPostgres(directory) as server:
        assert await read_words(server.dsn) == ["before"]


async def test_a_cancelled_start_leaves_no_server_running(directory: Path) -> None:
    async def use_server() -> None:
        async with EmbeddedPostgres(directory):
            await asyncio.sleep(EXIT_TIMEOUT_SECONDS)

    # Holding the lock keeps the start from completing before it is cancelled.
    lock = FileLock(directory / "postgres.turn")
    assert lock.acquire(shared=False, timeout_seconds=0)
    starting = asyncio.create_task(use_server())
    await asyncio.sleep(0.05)
    starting.cancel()
    lock.release()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert postmaster(directory) is None
    async with EmbeddedPostgres(directory) as server:
        await insert_word(server.dsn, "hello")


async def test_a_forked_child_does_not_count_as_a_user(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        # The child outlives its parent's use, as a worker process of a service may.
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(write_end)
            os.read(read_end, 1)
            server.stop()
            os._exit(0)
        os.close(read_end)
    assert postmaster(directory) is None
    async with EmbeddedPostgres(directory) as server:
        os.close(write_end)
        await asyncio.to_thread(os.waitpid, child, 0)
        await insert_word(server.dsn, "still there")
