"""A client that openapi-python-client makes from the document, without a word of ours beside it."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.container import Container
from entrypoints.http.app import litestar_app
from entrypoints.http.document import openapi_document
from entrypoints.settings import Settings
from tests.entities import HOUR, MONDAY
from tests.http.service import Service

PACKAGE = "house_client"
JOURNEY = Path(__file__).with_name("journey.py")


def generate(document: str, folder: Path) -> None:
    """The client as a package in that folder. A warning of the generator's fails."""
    (folder / "openapi.json").write_text(document)
    (folder / "config.yml").write_text(
        "post_hooks: []\ncontent_type_overrides:\n  application/pdf: application/octet-stream\n"
    )
    made = subprocess.run(
        [
            *(
                Path(sys.executable).with_name("openapi-python-client"),
                "generate",
                "--meta",
                "none",
            ),
            *("--path", "openapi.json", "--config", "config.yml", "--output-path", PACKAGE),
            "--fail-on-warning",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr


async def test_a_generated_client_finds_and_books_a_room_and_reads_a_refusal(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.a_space()
    generate((await service.client.get("/openapi.json")).text, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    journey = importlib.import_module("tests.http.journey")
    visited = await journey.visit(
        str(service.client.base_url),
        *(MONDAY + 10 * HOUR, MONDAY + 12 * HOUR),
        transport=service.client._transport,
    )
    assert visited.booking.start_time == MONDAY + 10 * HOUR
    assert (visited.booking.status, visited.booking.amount_usd) == ("CONFIRMED", "20.00")
    assert (visited.refusal.status, visited.refusal.code) == (409, "booking_conflict")
    assert visited.refusal.alternatives[0].start_time == MONDAY + 8 * HOUR


@pytest.mark.soak
def test_client_and_journey_type_check(tmp_path: Path) -> None:
    app = litestar_app(Container(settings=Settings()))
    generate(json.dumps(openapi_document(app)), tmp_path)
    (tmp_path / "journey.py").write_text(JOURNEY.read_text())
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", "cache", PACKAGE, "journey.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
