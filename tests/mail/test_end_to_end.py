"""End to end: from an HTTP request through the real worker to an SMTP server."""

import asyncio
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal
from icalendar import Calendar

from adapters.postgres import PostgresDatabase
from domain.spaces import Space
from tests.entities import a_space, given
from tests.mail.local_smtp_server import LocalSmtpServer, running_smtp_server
from tests.processes import SECRET, serving
from tests.wall_clock import hour_in

ADA = {
    "email": "ada@example.com",
    "password": "nine green umbrellas",
    "full_name": "Ada Lovelace\u2028Bcc: all@example.com",
}
LINK = "https://members.example/reset-password?token="
DELIVERY_TIMEOUT_SECONDS = 30


async def create_space(dsn: str) -> Space:
    space = a_space()
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    try:
        await given(database.unit_of_work, space)
    finally:
        await database.close()
    return space


def next_mail(server: LocalSmtpServer, received: list[EmailMessage]) -> EmailMessage:
    """Wait for the next mail, and return it."""
    deadline = time.monotonic() + DELIVERY_TIMEOUT_SECONDS
    while len(server.mails) == len(received):
        assert time.monotonic() < deadline, "No mail arrived."
        time.sleep(0.1)
    received.append(server.mails[len(received)])
    return received[-1]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_requests_over_http_lead_to_mails(tmp_path: Path, empty_database_18: str) -> None:
    space = asyncio.run(create_space(empty_database_18))
    received: list[EmailMessage] = []
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_smtp_server()) as server,
    ):
        variables = {
            "DATABASE_URL": empty_database_18,
            "SECRET_KEY": SECRET,
            "FRONTEND_URL": "https://members.example",
            "SMTP_HOST": "localhost",
            "SMTP_PORT": str(server.port),
            "SMTP_FROM": "Harbour House <office@house.example>",
            "SMTP_TLS": "none",
            "TIMEZONE": "Europe/Istanbul",
        }
        with (
            serving(cwd=tmp_path, variables=variables) as served,
            httpx.Client(base_url=served.url, timeout=30, verify=False) as client,
        ):
            in_turkish = {"Accept-Language": "de, tr-TR;q=0.9, en;q=0.8"}
            signed_up = client.post("/auth/signup", json=ADA, headers=in_turkish)
            assert signed_up.json()["user"]["locale"] == "tr", signed_up.text
            assert next_mail(server, received)["Subject"] == "cowork ailesine hoş geldiniz"

            start = hour_in(days=3)
            client.headers["Authorization"] = f"Bearer {signed_up.json()['access_token']}"
            body = {
                "space_id": str(space.id),
                "start_time": start.isoformat(),
                "end_time": (start + timedelta(hours=1)).isoformat(),
            }
            assert client.post("/api/bookings", json=body).status_code == 201
            confirmed = next_mail(server, received)
            assert confirmed["Subject"].startswith("Harbour room rezervasyonunuz")
            [attached] = confirmed.iter_attachments()
            calendar: Any = Calendar.from_ical(attached.get_content())
            assert [event["DTSTART"].dt for event in calendar.walk("VEVENT")] == [start]

            assert client.post("/auth/password/forgot", json={"email": ADA["email"]}).is_success
            [line] = [
                line
                for line in text_of(next_mail(server, received)).splitlines()
                if line.startswith(LINK)
            ]
            new = {"token": line.removeprefix(LINK), "new_password": "ten green umbrellas"}
            assert client.post("/auth/password/reset", json=new).status_code == 204
            assert line.removeprefix(LINK) not in "".join(served.told)
        assert served.ended() == 0
    assert [str(mail["To"].addresses[0].addr_spec) for mail in received] == [ADA["email"]] * 3
    assert not any(mail["Bcc"] for mail in received)
