"""One real `cowork serve`, in a house with people and spaces, that all tests here attack.

Everything that it logs is kept: `test_secrets` looks through it after the others, in this process.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.users import Role
from tests.databases import TestServer
from tests.http.service import PASSWORD, UNLIMITED, running_service
from tests.processes import SECRET, Serving, serving

CALLERS = {"member": Role.MEMBER, "other": Role.MEMBER, "admin": Role.ADMIN}
SETTINGS = {
    **UNLIMITED,
    "SECRET_KEY": SECRET,
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "debug",
    "ACCESS_TOKEN_MINUTES": "1440",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The service under attack, and where it listens."""

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
    def told(self) -> str:
        """All that it has logged."""
        return "".join(self.served.told)


def email_of(caller: str) -> str:
    return f"{caller}@example.com"


@pytest.fixture(scope="session")
def target(server_18: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with server_18.empty_database() as dsn:
        asyncio.run(_furnish(dsn))
        directory: Path = tmp_path_factory.mktemp("hostile")
        variables = SETTINGS | {"DATABASE_URL": dsn}
        with serving("--no-worker", cwd=directory, variables=variables) as served:
            yield Target(served, dsn)


async def _furnish(dsn: str) -> None:
    async with running_service(dsn) as service:
        for caller, role in CALLERS.items():
            await service.a_person(role, email_of(caller))
        await service.a_space()
        await service.a_space(name="Atrium", space_type="HOT_DESK", capacity=12)


__all__ = ["PASSWORD", "Target", "email_of"]
