"""The application behind its HTTP API, and the people who call it."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from dependency_injector import providers
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from adapters.memory import FakeMailer, FakePasswordHasher, SettableClock
from adapters.postgres import PostgresDatabase
from adapters.security import ListedPasswords
from application.auth.account_factory import NewAccount
from application.mails.mail import Mail
from domain.users import EmailAddress, Role
from entrypoints.container import Container
from entrypoints.http.app import litestar_app, with_middleware
from entrypoints.settings import read_settings
from tests.entities import HOUR, MONDAY

PASSWORD = "a horse and a battery"
SECRET = "0123456789abcdef0123456789abcdef"
UNLIMITED = {
    "LOGIN_ATTEMPTS_PER_15_MINUTES": "100000",
    "SIGNUPS_PER_HOUR": "100000",
    "REFRESHES_PER_HOUR": "100000",
    "PASSWORD_RESETS_PER_HOUR": "100000",
}
"""Tests of the limits set their own."""
LASTING = {"ACCESS_TOKEN_MINUTES": str(24 * 60)}
"""Long enough for a test to advance the clock by hours."""
_READ_LATE = {"DATABASE_URL", "STRIPE_API_BASE"}
"""Client addresses are unique, and are looked up when they are first needed."""


@dataclass(slots=True)
class Service:
    """A running application. `clock` is its time, `mails` the mails it would have sent."""

    container: Container
    client: AsyncClient
    clock: SettableClock
    mails: FakeMailer
    _people: int = field(default=0)

    @property
    def anonymous(self) -> "Person":
        """Return an anonymous caller."""
        return Person(self, {})

    def set_time(self, hour: float) -> datetime:
        """Set the clock to that hour of MONDAY, which may be past midnight."""
        self.clock.set(MONDAY + hour * HOUR)
        return self.clock.now()

    async def a_person(self, role: Role = Role.MEMBER, email: str | None = None) -> "Person":
        """Return a new user of that role, logged in."""
        self._people += 1
        email = email or f"person{self._people}@example.com"
        await self.container.use_cases().create_admin(
            NewAccount(
                email=EmailAddress.parse(email),
                password=PASSWORD,
                full_name=f"Person {self._people}",
                role=role,
            )
        )
        return await self.log_in(email)

    async def an_admin(self) -> "Person":
        """Return a new admin."""
        return await self.a_person(Role.ADMIN)

    async def deliver(self) -> list[Mail]:
        """Send all due mails and return them."""
        before = len(self.mails.mails)
        run_jobs = self.container.use_cases().run_jobs
        while await run_jobs():
            pass
        return self.mails.mails[before:]

    async def log_in(self, email: str, password: str = PASSWORD) -> "Person":
        """Return the user with that address, with a new login."""
        response = await self.anonymous.post(
            "/auth/login", json={"email": email, "password": password}
        )
        assert response.status_code == 200, response.text
        return Person(self, response.json())

    async def a_space(self, **fields: Any) -> dict[str, Any]:
        """Create a meeting room at ten dollars an hour that is always open."""
        defaults = {
            "name": "Harbour room",
            "space_type": "MEETING_ROOM",
            "capacity": 6,
            "hourly_rate": "10.00",
        }
        admin = await self.an_admin()
        made = await admin.expect(201, "POST", "/api/spaces", json=defaults | fields)
        return cast("dict[str, Any]", made)


@dataclass(slots=True)
class Person:
    """A caller; `session` is the response to their login, empty for anonymous callers."""

    service: Service
    session: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The caller's user id."""
        return cast("str", self.session["user"]["id"])

    @property
    def email(self) -> str:
        """The caller's e-mail address."""
        return cast("str", self.session["user"]["email"])

    async def call(self, method: str, path: str, **options: Any) -> Response:
        """Send a request with the caller's access token."""
        headers = self.headers | dict(options.pop("headers", {}))
        if self.session:
            headers.setdefault("Authorization", f"Bearer {self.session['access_token']}")
        return await self.service.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **options: Any) -> Response:
        return await self.call("GET", path, **options)

    async def post(self, path: str, **options: Any) -> Response:
        return await self.call("POST", path, **options)

    async def put(self, path: str, **options: Any) -> Response:
        return await self.call("PUT", path, **options)

    async def patch(self, path: str, **options: Any) -> Response:
        return await self.call("PATCH", path, **options)

    async def delete(self, path: str, **options: Any) -> Response:
        return await self.call("DELETE", path, **options)

    async def expect(self, status: int, method: str, path: str, **options: Any) -> Any:
        """Check the status of a response. Returns its decoded body."""
        response = await self.call(method, path, **options)
        assert response.status_code == status, f"{response.status_code}: {response.text}"
        return response.json() if response.content else None

    async def expect_problem(
        self, status: int, code: str, method: str, path: str, **options: Any
    ) -> Any:
        """Check the status and code of a problem. Returns its decoded body."""
        response = await self.call(method, path, **options)
        assert response.headers["content-type"] == "application/problem+json", response.text
        problem = response.json()
        assert (response.status_code, problem["code"]) == (status, code), response.text
        assert problem["status"] == status
        return problem

    async def book(self, space: dict[str, Any], start: float, end: float, **more: Any) -> Any:
        """Book from one hour of MONDAY to another."""
        body = booking_body(space, start, end) | more
        return await self.expect(201, "POST", "/api/bookings", json=body)


def booking_body(space: dict[str, Any], start: float, end: float) -> dict[str, Any]:
    """Return the request body of a booking from one hour of MONDAY to another."""
    return {"space_id": space["id"], "start_time": at(start), "end_time": at(end)}


def at(hour: float) -> str:
    """Return an hour of MONDAY in the format of responses."""
    return (MONDAY + hour * HOUR).isoformat().replace("+00:00", "Z")


@asynccontextmanager
async def running_service(
    database: PostgresDatabase | str, **variables: str
) -> AsyncIterator[Service]:
    """Run the application on that database, or on the DSN of one, with these settings."""
    if isinstance(database, str):
        variables["DATABASE_URL"] = database
    variables = UNLIMITED | LASTING | {"SECRET_KEY": SECRET} | variables
    made_with = {name: value for name, value in variables.items() if name not in _READ_LATE}
    container, app = _application(frozenset(made_with.items()))
    settings = read_settings(variables)
    clock = SettableClock(MONDAY + 8 * HOUR)
    mails = FakeMailer()
    with ExitStack() as stack:
        stack.enter_context(container.settings.override(settings))
        stack.enter_context(container.clock.override(providers.Object(clock)))
        stack.enter_context(container.mailer.override(providers.Object(mails)))
        if isinstance(database, PostgresDatabase):
            stack.enter_context(container.database.override(database))
        transport = ASGITransport(
            cast("Any", with_middleware(app, container)), client=("192.0.2.1", 50_000)
        )
        async with (
            app.lifespan(),
            AsyncClient(transport=transport, base_url="http://testserver.local") as client,
        ):
            yield Service(container, client, clock, mails)
    container.reset_singletons()


@lru_cache(maxsize=8)
def _application(variables: frozenset[tuple[str, str]]) -> tuple[Container, Litestar]:
    """Return the application with these settings. Creating it takes longer than most tests.

    The state of a test is in the singletons of the container, which are reset after it.
    """
    container = Container(settings=read_settings(dict(variables)))
    container.passwords.override(providers.Object(_QuickPasswords()))
    container.common_passwords.override(providers.Object(_COMMON_PASSWORDS))
    return container, litestar_app(container)


class _QuickPasswords(FakePasswordHasher):
    """No hashing, which would take a large part of the time. tests/security covers it."""

    def close(self) -> None:
        """There is nothing to close."""


_COMMON_PASSWORDS = ListedPasswords()
"""Shared by all tests, so that the list of common passwords is read once."""
