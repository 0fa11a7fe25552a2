"""From the checkout's address to a confirmed booking in a real browser, in the demo as served."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.processes import serving
from tests.wall_clock import hour_in

PERSON = {"email": "ada@example.com", "password": "nine green umbrellas", "full_name": "Ada"}


class FrontEnd(BaseHTTPRequestHandler):
    """Where the checkout page leads back to."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>Back at the house</title>")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def front_end() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), FrontEnd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def booked(client: httpx.Client) -> dict[str, Any]:
    """A booking of a meeting room, some days from now, that has to be paid."""
    start = hour_in(days=100, at=12)
    period = {
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(hours=1)).isoformat(),
    }
    query = {
        "space_type": "MEETING_ROOM",
        "available_from": period["start_time"],
        "available_to": period["end_time"],
    }
    room = client.get("/api/spaces", params=query).json()["items"][0]
    answer = client.post("/api/bookings", json={"space_id": room["id"]} | period)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_newcomer_pays_in_a_browser_and_sees_the_booking_confirmed(
    tmp_path: Path, front_end: str, browser: webdriver.Chrome
) -> None:
    with (
        serving("--demo", cwd=tmp_path, variables={"FRONTEND_URL": front_end}) as served,
        httpx.Client(base_url=served.url, timeout=20, verify=False) as client,
    ):
        token = client.post("/auth/signup", json=PERSON).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        booking = booked(client)
        assert booking["status"] == "PENDING"
        opened = client.post("/api/billing/checkout", json={"booking_id": booking["id"]}).json()

        browser.get(opened["checkout_url"])
        card = browser.find_element(By.NAME, "card")
        card.clear()
        card.send_keys("4242 4242 4242 4242")
        browser.find_element(By.ID, "pay").click()
        WebDriverWait(browser, 20).until(lambda page: page.title == "Back at the house")
        assert browser.current_url == (
            f"{front_end}/billing/success?session_id={opened['session_id']}"
        )

        paid = client.get(f"/api/bookings/{booking['id']}").json()
        assert (paid["status"], paid["paid_usd"]) == ("CONFIRMED", booking["amount_usd"])
