"""The disk of the embedded PostgreSQL fills up during bookings, and space is freed again."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded import EmbeddedPostgres
from tests.faults.booking_history import new_history
from tests.http.service import LASTING, UNLIMITED
from tests.processes import serving

DISK_SIZE = "200m"
"""About three times the size of an empty database."""
FREE_BYTES = 300_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A separate small disk. Only root can create one."""
    directory = tmp_path / "disk"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", str(directory)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("There is no `mount` command.")
    if mounted.returncode != 0:
        pytest.skip(f"Cannot mount a disk: {mounted.stderr.strip()}")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


async def test_a_full_disk_rejects_bookings_and_loses_none_that_was_acknowledged(
    disk: Path, made_house: Path, tmp_path: Path
) -> None:
    shutil.copytree(made_house, disk, dirs_exist_ok=True)
    options = ("--data-dir", str(disk), "--no-worker")
    with serving(*options, cwd=tmp_path, variables=UNLIMITED | LASTING) as served:
        postgres = EmbeddedPostgres(disk)
        await asyncio.to_thread(postgres.start)
        try:
            history = await new_history(served.url, postgres.dsn)
            async with history.booking():
                await history.wait_for_bookings()
                filler = fill(disk)
                await history.wait_for_rejections()
                filler.unlink()
                await history.wait_for_bookings()
            await history.verify(postgres.dsn)
        finally:
            await asyncio.to_thread(postgres.stop)
        assert served.end() == 0


def fill(disk: Path) -> Path:
    """Fill the disk up to FREE_BYTES. Returns the file that takes the space."""
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
        file.truncate(size - FREE_BYTES)
    return filler
