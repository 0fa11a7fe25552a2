"""The disk of the embedded PostgreSQL fills up while people book, and is emptied again."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded import EmbeddedPostgres
from tests.faults.journal import a_journal
from tests.http.service import LASTING, UNLIMITED
from tests.processes import serving

DISK = "200m"
"""Some three times what an empty house takes."""
LEFT_BYTES = 300_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, which only root can make."""
    directory = tmp_path / "disk"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(directory)]
    try:
        made = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("There is no `mount` here.")
    if made.returncode != 0:
        pytest.skip(f"No disk can be made here: {made.stderr.strip()}")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


async def test_a_full_disk_refuses_and_an_emptied_one_has_all_that_was_acknowledged(
    disk: Path, made_house: Path, tmp_path: Path
) -> None:
    shutil.copytree(made_house, disk, dirs_exist_ok=True)
    how = ("--data-dir", str(disk), "--no-worker")
    with serving(*how, cwd=tmp_path, variables=UNLIMITED | LASTING) as served:
        postgres = EmbeddedPostgres(disk)
        await asyncio.to_thread(postgres.start)
        try:
            journal = await a_journal(served.url, postgres.dsn)
            async with journal.kept():
                await journal.has_got_on()
                filler = fill(disk)
                await journal.is_refused()
                filler.unlink()
                await journal.has_got_on()
            await journal.compare(postgres.dsn)
        finally:
            await asyncio.to_thread(postgres.stop)
        assert served.end() == 0


def fill(disk: Path) -> Path:
    """Write until there is hardly anything left; the file that has it."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(bytes(65_536))
                file.flush()
        except OSError:
            pass
        size = file.tell()
    with filler.open("rb+") as file:
        file.truncate(size - LEFT_BYTES)
    return filler
