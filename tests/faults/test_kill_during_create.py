"""`kill -9` at each step of a booking with an idempotency key: a retry books exactly once."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.concurrency.concurrent_clients import slot
from tests.faults.crashing_service import crashing_at
from tests.http.service import UNLIMITED
from tests.processes import SECRET, Serving, post, serving

ADMIN = {
    "email": "ada@example.com",
    "password": "a horse and a battery",
    "full_name": "Ada Lovelace",
}
MAX_STEPS = 40


def test_a_booking_interrupted_at_any_step_is_made_exactly_once(
    empty_database_18: str, tmp_path: Path
) -> None:
    variables = UNLIMITED | {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}
    with serving("--no-worker", cwd=tmp_path, variables=variables) as healthy_service:
        bearer = sign_up(healthy_service)
        room = create_room(empty_database_18, healthy_service, bearer)
        steps: list[str] = []
        for step in range(MAX_STEPS):
            body = {"space_id": room} | slot(2 + step)
            headers = bearer | {"Idempotency-Key": f"step-{step}"}
            with crashing_at(step, variables) as service:
                has_responded = try_to_book(service.url, body, headers)
                steps = service.steps()
            retry = post(f"{healthy_service.url}/api/bookings", json=body, headers=headers)
            assert retry.status_code == 201, (steps, retry.text)
            replay = post(f"{healthy_service.url}/api/bookings", json=body, headers=headers)
            assert replay.content == retry.content
            assert replay.headers["idempotency-replayed"] == "true"
            if has_responded:
                break
        assert_steps_are_complete(steps)
        assert count(empty_database_18, "bookings") == step + 1
        assert count(empty_database_18, "invoices") == step + 1


def assert_steps_are_complete(steps: list[str]) -> None:
    """Check the steps of the last request, which was not interrupted."""
    for name in ("schedules.slot", "idempotency_keys.get", "commit"):
        assert f"before {name}" in steps
        assert f"after {name}" in steps
    assert "during commit" in steps


def sign_up(service: Serving) -> dict[str, str]:
    response = post(f"{service.url}/auth/signup", json=ADMIN)
    assert response.status_code == 201, response.text
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


def create_room(dsn: str, service: Serving, bearer: dict[str, str]) -> str:
    fetch_value(dsn, "UPDATE users SET role = 'ADMIN'")
    body = {"name": "Room", "space_type": "MEETING_ROOM", "capacity": 4, "hourly_rate": 10}
    response = post(f"{service.url}/api/spaces", json=body, headers=bearer)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def try_to_book(url: str, body: dict[str, Any], headers: dict[str, str]) -> bool:
    """Book. Returns whether the service responded before it crashed."""
    try:
        response = post(f"{url}/api/bookings", json=body, headers=headers, timeout=30)
    except httpx.TransportError:
        return False
    assert response.status_code == 201, response.text
    return True


def count(dsn: str, table: str) -> int:
    return int(fetch_value(dsn, f"SELECT count(*) FROM {table}"))


def fetch_value(dsn: str, statement: str) -> Any:
    """Run a statement. Returns the first field of the result."""

    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())
