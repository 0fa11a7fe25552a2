"""One real `cowork serve` with users and spaces, which all tests in this folder attack.

Its whole log is collected: `test_secrets` searches it after the other tests, in the same process.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.databases import TestServer
from tests.http.service import PASSWORD, UNLIMITED
from tests.processes import SECRET, Serving, post, serving

CALLERS = ("member", "admin")
SETTINGS = {
    **UNLIMITED,
    "SECRET_KEY": SECRET,
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "debug",
    "ACCESS_TOKEN_MINUTES": "1440",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The service under attack."""

    served: Serving
    dsn: str

    @property
    def url(self) -> str:
        return self.served.url

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host, int(port)

    @property
    def log(self) -> str:
        """Everything that it has logged."""
        return "".join(self.served.output)


def email_of(caller: str) -> str:
    return f"{caller}@example.com"


@pytest.fixture(scope="session")
def target(server_18: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with server_18.empty_database() as dsn:
        directory: Path = tmp_path_factory.mktemp("hostile")
        variables = SETTINGS | {"DATABASE_URL": dsn}
        with serving("--no-worker", cwd=directory, variables=variables) as served:
            target = Target(served, dsn)
            _create_data(target)
            yield target


def _create_data(target: Target) -> None:
    for caller in CALLERS:
        user = {"email": email_of(caller), "password": PASSWORD, "full_name": caller}
        response = post(f"{target.url}/auth/signup", json=user, timeout=30)
        assert response.status_code == 201, response.text
    asyncio.run(_promote(target.dsn))
    for name, kind in (("Harbour room", "MEETING_ROOM"), ("Atrium", "HOT_DESK")):
        space = {"name": name, "space_type": kind, "capacity": 12, "hourly_rate": "10.00"}
        headers = {"Authorization": f"Bearer {log_in(target, 'admin')}"}
        response = post(f"{target.url}/api/spaces", json=space, headers=headers, timeout=30)
        assert response.status_code == 201, response.text


async def _promote(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "UPDATE users SET role = 'ADMIN' WHERE email = $1", email_of("admin")
        )
    finally:
        await connection.close()


def log_in(target: Target, caller: str) -> str:
    """Log in as that caller. Returns a new access token."""
    body = {"email": email_of(caller), "password": PASSWORD}
    response = post(f"{target.url}/auth/login", json=body, timeout=30)
    return str(response.json()["access_token"])
