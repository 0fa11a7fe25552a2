"""CORS, security headers, and the client address behind proxies."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.postgres import PostgresDatabase
from tests.http.service import PASSWORD, Person, Service, running_service

FRONTEND, ADMIN = "https://members.example.com", "https://admin.example.com"
PROXY = "192.0.2.1"
"""The address of the test client."""


@pytest.fixture
async def service(database: PostgresDatabase) -> AsyncIterator[Service]:
    origins = {"FRONTEND_URL": FRONTEND, "ADMIN_URL": f"{ADMIN.upper()}:443/"}
    async with running_service(database, **origins) as service:
        yield service


def allowed(response: Any) -> str | None:
    value: str | None = response.headers.get("access-control-allow-origin")
    return value


async def test_pages_of_exactly_two_origins_may_read_responses(service: Service) -> None:
    for origin in (FRONTEND, ADMIN):
        response = await service.anonymous.get("/none", headers={"Origin": origin})
        assert (response.status_code, allowed(response)) == (404, origin)
        exposed = response.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Location", "Retry-After", "X-Request-ID"} <= set(exposed)
        assert "Idempotency-Replayed" in exposed
        assert "access-control-allow-credentials" not in response.headers
    for origin in (
        "null",
        "*",
        "https://evil.example",
        "http://members.example.com",
        "https://members.example.com:8443",
        "https://members.example.com.evil.example",
        "https://evil-members.example.com",
        "https://a.members.example.com",
        "https://membersXexample.com",
        "https://members.example.com/",
        f"{FRONTEND},https://evil.example",
    ):
        response = await service.anonymous.get("/health", headers={"Origin": origin})
        assert (response.status_code, allowed(response)) == (200, None), origin
        assert "Origin" in response.headers["vary"]


async def test_a_preflight_of_an_allowed_origin_lists_what_may_be_sent(service: Service) -> None:
    asks = {
        "Origin": FRONTEND,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,if-match,content-type",
    }
    response = await service.anonymous.call("OPTIONS", "/api/bookings/1", headers=asks)
    assert (response.status_code, allowed(response)) == (204, FRONTEND)
    assert "PUT" in response.headers["access-control-allow-methods"]
    sendable = response.headers["access-control-allow-headers"]
    assert all(name in sendable for name in ("Authorization", "If-Match", "Idempotency-Key"))
    refused = await service.anonymous.call(
        "OPTIONS", "/api/bookings/1", headers=asks | {"Origin": "null"}
    )
    assert allowed(refused) is None
    assert "access-control-allow-methods" not in refused.headers


@pytest.mark.parametrize(
    "path", ["/health", "/none", "/auth/me", "/api/spaces/%00", "/openapi.json"]
)
async def test_every_response_has_the_security_headers(service: Service, path: str) -> None:
    headers = (await service.anonymous.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers
    assert "server" not in headers


async def test_cache_headers_of_an_endpoint_are_preserved(service: Service) -> None:
    admin = await service.an_admin()
    path = "/api/analytics/revenue?start_date=2026-03-02&end_date=2026-03-02"
    headers = (await admin.get(path)).headers
    assert headers["cache-control"] == "private, no-cache"
    assert {"Accept", "Origin"} <= set(headers["vary"].split(", "))


async def address_seen(person: Person, **headers: str) -> str:
    """Return the client address that the service records for a login with these headers."""
    body = {"email": person.email, "password": PASSWORD}
    forged = {name.replace("_", "-"): value for name, value in headers.items()}
    response = await person.service.anonymous.post("/auth/login", json=body, headers=forged)
    session = Person(person.service, response.json())
    log_ins = await session.expect(200, "GET", "/auth/sessions")
    return next(str(item["client_address"]) for item in log_ins["items"] if item["current"])


async def test_untrusted_callers_cannot_set_their_address(service: Service) -> None:
    member = await service.a_person()
    assert (
        await address_seen(member, X_Forwarded_For="203.0.113.9", Forwarded="for=1.2.3.4") == PROXY
    )


async def test_a_trusted_proxy_is_believed_for_the_last_hop_only(
    database: PostgresDatabase,
) -> None:
    async with running_service(database, TRUSTED_PROXIES="192.0.2.0/24") as service:
        member = await service.a_person()
        assert await address_seen(member, X_Forwarded_For="203.0.113.9") == "203.0.113.9"
        # The client's own entries come first, those of the proxies last.
        spoofed = "198.51.100.7, 203.0.113.9, 192.0.2.77"
        assert await address_seen(member, X_Forwarded_For=spoofed) == "203.0.113.9"
        for nonsense in ("", "'; DROP TABLE users; --", "a" * 5000, "999.1.1.1", "::1%eth0", ","):
            response = await service.anonymous.get(
                "/health", headers={"X-Forwarded-For": nonsense, "X-Forwarded-Proto": "https"}
            )
            assert response.status_code == 200
            assert response.headers["strict-transport-security"].startswith("max-age=")
            await address_seen(member, X_Forwarded_For=nonsense)
