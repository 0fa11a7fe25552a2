"""`kill -9` at any step of a booking with a key, then again: one booking, and one answer."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.concurrency.crowd import slot
from tests.faults.dying_service import dying_at
from tests.http.service import UNLIMITED
from tests.processes import SECRET, Serving, post, serving

PERSON = {
    "email": "ada@example.com",
    "password": "a horse and a battery",
    "full_name": "Ada Lovelace",
}
MOST_STEPS = 40


def test_a_booking_that_was_cut_off_anywhere_is_made_once(
    empty_database_18: str, tmp_path: Path
) -> None:
    variables = UNLIMITED | {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}
    with serving("--no-worker", cwd=tmp_path, variables=variables) as healthy:
        bearer = sign_up(healthy)
        room = a_room(empty_database_18, healthy, bearer)
        steps: list[str] = []
        for step in range(MOST_STEPS):
            body = {"space_id": room} | slot(2 + step)
            headers = bearer | {"Idempotency-Key": f"step-{step}"}
            with dying_at(step, variables) as service:
                is_answered = books(service.url, body, headers)
                steps = service.steps()
            again = post(f"{healthy.url}/api/bookings", json=body, headers=headers)
            assert again.status_code == 201, (steps, again.text)
            third = post(f"{healthy.url}/api/bookings", json=body, headers=headers)
            assert third.content == again.content
            assert third.headers["idempotency-replayed"] == "true"
            if is_answered:
                break
        assert_came_by_everything(steps)
        assert count(empty_database_18, "bookings") == step + 1
        assert count(empty_database_18, "invoices") == step + 1


def assert_came_by_everything(steps: list[str]) -> None:
    """The last time nothing was cut off, so these are all the steps there are."""
    for name in ("schedules.slot", "idempotency_keys.get", "commit"):
        assert f"before {name}" in steps
        assert f"after {name}" in steps
    assert "during commit" in steps


def sign_up(service: Serving) -> dict[str, str]:
    made = post(f"{service.url}/auth/signup", json=PERSON)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['access_token']}"}


def a_room(dsn: str, service: Serving, bearer: dict[str, str]) -> str:
    ask(dsn, "UPDATE users SET role = 'ADMIN'")
    body = {"name": "Room", "space_type": "MEETING_ROOM", "capacity": 4, "hourly_rate": 10}
    made = post(f"{service.url}/api/spaces", json=body, headers=bearer)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def books(url: str, body: dict[str, Any], headers: dict[str, str]) -> bool:
    """Whether it lived long enough to answer."""
    try:
        answer = post(f"{url}/api/bookings", json=body, headers=headers, timeout=30)
    except httpx.TransportError:
        return False
    assert answer.status_code == 201, answer.text
    return True


def count(dsn: str, table: str) -> int:
    return int(ask(dsn, f"SELECT count(*) FROM {table}"))


def ask(dsn: str, statement: str) -> Any:
    """What the database itself says."""

    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())
