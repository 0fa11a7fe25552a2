"""`/metrics`: its contents, and access to it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from httpx import ASGITransport, AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from adapters.postgres import PostgresDatabase
from tests.http.service import PASSWORD, Service, booking_body, running_service
from tests.readme.documents import ROOT

PARTS = {"histogram": ("_bucket", "_count", "_sum")}
TOKEN = "a-token-for-the-metrics"


@asynccontextmanager
async def client_from(service: Service, address: str) -> AsyncIterator[AsyncClient]:
    app = cast("Any", service.client._transport).app
    transport = ASGITransport(app, client=(address, 50_000))
    async with AsyncClient(transport=transport, base_url="http://testserver.local") as client:
        yield client


async def samples_of(service: Service) -> dict[str, float]:
    """Return every sample by its name and labels, as they are printed."""
    async with client_from(service, "127.0.0.1") as client:
        response = await client.get("/metrics")
    assert response.status_code == 200, response.text
    return {
        sample.name
        + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


async def test_requests_are_measured_by_path_template(service: Service) -> None:
    name = "cowork_http_request_duration_seconds_count method=GET route={} status={}"
    room = await service.a_space()
    before = await samples_of(service)
    for path in (f"/api/spaces/{room['id']}", "/nowhere/1", "/nowhere/2"):
        await service.anonymous.get(path)
    after = await samples_of(service)
    for route, status, times in (("/api/spaces/{space_id}", 200, 1), ("unknown", 404, 2)):
        key = name.format(route, status)
        assert after[key] - before.get(key, 0) == times
    assert not any("/nowhere" in key or room["id"] in key for key in after)


async def test_failures_are_counted_by_code(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.book(room, 9, 10)
    before = await samples_of(service)
    await member.post("/api/bookings", json=booking_body(room, 9, 10))
    after = await samples_of(service)
    key = "cowork_problems_total code=booking_conflict"
    assert after[key] - before.get(key, 0) == 1


async def test_the_state_of_bookings_and_of_the_pool_is_reported(paying_service: Service) -> None:
    member, room = await paying_service.a_person(), await paying_service.a_space()
    await member.book(room, 9, 10)
    samples = await samples_of(paying_service)
    assert samples["cowork_open_holds"] == 1
    assert samples["cowork_database_up"] == 1
    assert samples["cowork_pool_connections_max pool=main"] == 10
    paying_service.set_time(8.5)
    assert (await samples_of(paying_service))["cowork_open_holds"] == 0


async def test_only_local_and_trusted_addresses_have_access(
    database: PostgresDatabase,
) -> None:
    async with running_service(database, TRUSTED_PROXIES="198.51.100.0/24") as service:
        for address, status in {
            "127.0.0.1": 200,
            "::1": 200,
            "::ffff:127.0.0.1": 200,
            "198.51.100.7": 200,
            "192.0.2.1": 403,
            "10.0.0.1": 403,
        }.items():
            async with client_from(service, address) as client:
                assert (await client.get("/metrics")).status_code == status, address


@pytest.mark.parametrize("mark", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_a_request_through_a_proxy_is_not_local(service: Service, mark: str) -> None:
    async with client_from(service, "127.0.0.1") as client:
        response = await client.get("/metrics", headers={mark: "127.0.0.1"})
    assert response.json()["code"] == "forbidden"


async def test_with_the_token_any_address_has_access(database: PostgresDatabase) -> None:
    async with (
        running_service(database, METRICS_TOKEN=TOKEN) as service,
        client_from(service, "192.0.2.1") as client,
    ):
        for header, status in {
            f"Bearer {TOKEN}": 200,
            f"bearer {TOKEN}": 200,
            f"Bearer {TOKEN}x": 401,
            "Bearer \xe9": 401,
            f"Basic {TOKEN}": 401,
        }.items():
            raw = {"Authorization": header.encode("latin-1")}
            response = await client.get("/metrics", headers=cast("Any", raw))
            assert response.status_code == status, header
            assert TOKEN not in response.text
        assert (await client.get("/metrics")).status_code == 403


async def test_metrics_contain_no_personal_data(service: Service) -> None:
    user = await service.a_person(email="special.person@example.com")
    await service.anonymous.post("/auth/login", json={"email": user.email, "password": PASSWORD})
    assert not any("special" in key for key in await samples_of(service))


async def test_alerts_and_dashboard_use_existing_metrics(service: Service) -> None:
    async with client_from(service, "127.0.0.1") as client:
        text = (await client.get("/metrics")).text
    there = set()
    for name, kind in re.findall(r"^# TYPE (cowork_\w+) (\w+)$", text, re.MULTILINE):
        there |= {name + end for end in PARTS.get(kind, ("",))}
    dashboard = json.loads((ROOT / "docs/deploy/grafana-dashboard.json").read_text())
    asked = " ".join(at["expr"] for panel in dashboard["panels"] for at in panel["targets"])
    alerts = (ROOT / "docs/deploy/alerts.yaml").read_text()
    used = {name for source in (asked, alerts) for name in re.findall(r"cowork_\w+", source)}
    assert used <= there
    documented = (ROOT / "docs/operations.md").read_text()
    assert all(re.sub("_(bucket|count|sum)$", "", name) in documented for name in there)
