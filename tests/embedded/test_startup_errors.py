"""Startup errors are one-line messages; unusual directory names work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded import EmbeddedPostgres, EmbeddedPostgresError, Installation, cluster
from adapters.embedded.installation import error_line
from tests.embedded.client_process import insert_word, read_words
from tests.embedded.conftest import postmaster


@pytest.fixture
def long_directory(directory: Path, tmp_path: Path) -> Iterator[Path]:
    """`directory`, renamed to a long name."""
    renamed = directory.rename(tmp_path / ("a" * 120))
    yield renamed
    renamed.rename(directory)


async def test_a_directory_may_have_an_unusual_name(tmp_path: Path) -> None:
    await use_twice(tmp_path / 'öğle, with: $HOME `x` "quoted"', is_temporary=True)


async def test_a_directory_may_have_a_long_name(long_directory: Path) -> None:
    await use_twice(long_directory, is_temporary=False)


async def use_twice(directory: Path, *, is_temporary: bool) -> None:
    socket_directories: set[Path] = set()
    for word in ("one", "two"):
        is_last = word == "two"
        async with EmbeddedPostgres(directory, is_temporary=is_temporary and is_last) as server:
            await insert_word(server.dsn, word)
            running = postmaster(directory)
            assert running is not None
            assert running.socket_directory is not None
            assert running.socket_directory.stat().st_mode & 0o077 == 0
            socket_directories.add(running.socket_directory)
            if is_last:
                assert await read_words(server.dsn) == ["one", "two"]
    assert not any(path.exists() for path in socket_directories)


async def test_data_of_another_version_are_rejected_and_left_unchanged(directory: Path) -> None:
    async with EmbeddedPostgres(directory):
        pass
    version = directory / "postgres" / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(
        EmbeddedPostgresError, match=r"created by PostgreSQL 15, but this is PostgreSQL 18"
    ):
        EmbeddedPostgres(directory).start()
    version.write_text("18\n")
    async with EmbeddedPostgres(directory) as server:
        await insert_word(server.dsn, "still there")


def test_a_file_in_place_of_the_directory_is_reported(new_directory: Path) -> None:
    new_directory.write_text("not a directory")
    with pytest.raises(EmbeddedPostgresError, match=r"cannot use .*house: File exists"):
        EmbeddedPostgres(new_directory).start()


def test_a_directory_with_other_data_is_rejected_and_left_unchanged(new_directory: Path) -> None:
    other = new_directory / "postgres" / "holiday.jpg"
    other.parent.mkdir(parents=True)
    other.write_text("the sea")
    with pytest.raises(EmbeddedPostgresError, match="not a PostgreSQL data directory"):
        EmbeddedPostgres(new_directory).start()
    assert other.read_text() == "the sea"


async def test_a_failed_start_reports_the_reason(directory: Path) -> None:
    broken = EmbeddedPostgres(directory, settings={"shared_buffers": "much"})
    with pytest.raises(
        EmbeddedPostgresError, match=r'invalid value for parameter "shared_buffers"'
    ):
        broken.start()
    async with EmbeddedPostgres(directory) as server:
        await insert_word(server.dsn, "hello")


async def test_an_unfinished_initialization_is_repeated(new_directory: Path) -> None:
    unfinished = new_directory / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    async with EmbeddedPostgres(new_directory) as server:
        await insert_word(server.dsn, "hello")
    assert not unfinished.exists()


def test_a_missing_package_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("adapters.embedded.installation.find_spec", lambda name: None)
    with pytest.raises(EmbeddedPostgresError, match=r"install cowork-api\[embedded\]"):
        EmbeddedPostgres(tmp_path)


def test_missing_programs_are_reported(new_directory: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"postgres failed: .*No such file"):
        EmbeddedPostgres(new_directory, installation=Installation(Path("/nowhere"))).start()


def test_the_log_is_rotated(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "MAX_LOG_BYTES", 1_000)
    for _ in range(5):
        server = EmbeddedPostgres(directory)
        server.start()
        server.stop()
    logs = sorted(directory.glob("postgres.log*"))
    assert [log.name for log in logs] == ["postgres.log", "postgres.log.1"]
    assert sum(log.stat().st_size for log in logs) < 10_000


@pytest.mark.parametrize(
    "output, line",
    [
        (
            "x\nFATAL:  could not write to file: No space left on device\nchild exited\n",
            "could not write to file: No space left on device",
        ),
        ("initdb: error: could not create directory: Permission denied\n", None),
        ("no error\nthe last line\n", "the last line"),
        ("", None),
    ],
    ids=["server", "tool", "last line", "no output"],
)
def test_the_error_line_is_extracted(output: str, line: str | None) -> None:
    expected = line if line or not output else "could not create directory: Permission denied"
    assert error_line(output) == expected
