"""`/api/analytics` over HTTP: access, filters and formats."""

import csv
import io

import pytest

from adapters.postgres import PostgresDatabase
from domain.users import Role
from tests.http.service import Service, running_service

WEEK = "?start_date=2026-03-02&end_date=2026-03-08"
REPORTS = ("occupancy", "revenue", "members")


@pytest.mark.parametrize("report", REPORTS)
async def test_members_may_not_see_analytics(service: Service, report: str) -> None:
    member = await service.a_person()
    await member.expect_problem(403, "forbidden", "GET", f"/api/analytics/{report}{WEEK}")


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    "query, field",
    [
        ("?start_date=2026-03-02&end_date=2026-03-01", "end_date"),
        ("?start_date=2024-01-01&end_date=2026-01-02", "end_date"),
        ("?start_date=2026-02-30&end_date=2026-03-01", "start_date"),
        ("?start_date=0001-01-01&end_date=2026-01-01", "start_date"),
        ("?start_date=2026-03-01&end_date=2026-03-02T00:00:00Z", "end_date"),
    ],
)
async def test_an_invalid_range_is_rejected_with_its_field(
    service: Service, report: str, query: str, field: str
) -> None:
    admin = await service.an_admin()
    path = f"/api/analytics/{report}{query}"
    problem = await admin.expect_problem(400, "validation_error", "GET", path)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize("report", REPORTS)
async def test_two_years_can_be_requested(service: Service, report: str) -> None:
    admin = await service.an_admin()
    query = "?start_date=2024-01-01&end_date=2026-01-01"
    await admin.expect(200, "GET", f"/api/analytics/{report}{query}")


async def test_a_booking_shows_in_its_day_its_space_and_its_hours(service: Service) -> None:
    room = await service.a_space(
        opening_hours={"monday": [["08:00", "18:00"]], "tuesday": [["09:00", "18:00"]]}
    )
    await (await service.a_person()).book(room, 9, 11)
    admin = await service.an_admin()
    report = await admin.expect(200, "GET", f"/api/analytics/occupancy{WEEK}")
    assert report["timezone"] == "UTC"
    assert report["days"][0] == {
        "date": "2026-03-02",
        "bookable_hours": 10,
        "booked_hours": 2,
        "occupied_hours": 0,
        "occupancy_rate": 0.2,
    }
    assert report["spaces"] == [
        {
            "space_id": room["id"],
            "name": "Harbour room",
            "booked_hours": 2,
            "bookable_hours": 19,
            "occupancy_rate": 0.1053,
        }
    ]
    assert len(report["heatmap"]) == 168
    full = [(at["weekday"], at["hour"]) for at in report["heatmap"] if at["occupancy_rate"]]
    assert full == [(0, 9), (0, 10)]


async def test_a_space_counts_with_the_properties_it_had_at_the_time(service: Service) -> None:
    zone = await service.a_space(space_type="HOT_DESK", capacity=4)
    service.set_time(20)
    admin = await service.an_admin()
    await admin.expect(200, "PUT", f"/api/spaces/{zone['id']}", json={"capacity": 2})
    service.set_time(30)
    admin = await service.an_admin()
    await admin.expect(204, "DELETE", f"/api/spaces/{zone['id']}")
    service.set_time(72)
    admin = await service.an_admin()
    await admin.expect(200, "PUT", f"/api/spaces/{zone['id']}", json={"is_active": True})
    report = await admin.expect(200, "GET", f"/api/analytics/occupancy{WEEK}")
    hours = [day["bookable_hours"] for day in report["days"]]
    assert hours == [12 * 4 + 4 * 2, 6 * 2, 0, 48, 48, 48, 48]


async def test_only_the_requested_spaces_are_counted(service: Service) -> None:
    room = await service.a_space()
    await service.a_space(space_type="HOT_DESK", capacity=3)
    admin = await service.an_admin()
    for query in (f"&space_id={room['id']}", "&space_type=MEETING_ROOM"):
        report = await admin.expect(200, "GET", f"/api/analytics/occupancy{WEEK}{query}")
        assert [space["space_id"] for space in report["spaces"]] == [room["id"]]
        assert report["days"][1]["bookable_hours"] == 24


async def test_money_is_counted_when_it_is_paid_and_adds_up(paying_service: Service) -> None:
    service = paying_service
    room = await service.a_space()
    member, admin = await service.a_person(), await service.an_admin()
    booking = await member.book(room, 33, 35)
    await admin.expect(200, "POST", f"/api/bookings/{booking['id']}/confirm")
    await member.book(room, 36, 37)
    report = await admin.expect(200, "GET", f"/api/analytics/revenue{WEEK}&group_by=week")
    assert report["total_usd"] == report["net_usd"] == report["bookings_usd"] == "20.00"
    assert (report["subscriptions_usd"], report["refunded_usd"]) == ("0.00", "0.00")
    assert report["mrr_usd"] == "0.00"
    assert [line["period"] for line in report["series"]] == ["2026-W10"]
    assert report["by_space"] == [
        {"space_id": room["id"], "name": "Harbour room", "bookings_usd": "20.00"}
    ]
    assert {line["space_type"]: line["bookings_usd"] for line in report["by_space_type"]} == {
        "HOT_DESK": "0.00",
        "DEDICATED_DESK": "0.00",
        "PRIVATE_OFFICE": "0.00",
        "MEETING_ROOM": "20.00",
    }


async def test_members_are_counted_and_the_most_active_are_named(service: Service) -> None:
    room = await service.a_space()
    busy = await service.a_person()
    await service.a_person()
    await busy.book(room, 9, 11)
    admin = await service.a_person(Role.ADMIN)
    report = await admin.expect(200, "GET", f"/api/analytics/members{WEEK}")
    assert (report["total"], report["new"], report["active"]) == (2, 2, 1)
    assert [line["subscriptions"] for line in report["by_plan"]] == [0, 0, 0]
    assert report["series"][0] == {"date": "2026-03-02", "new": 2, "total": 2}
    [top] = report["top"]
    assert (top["user_id"], top["bookings"], top["booked_hours"]) == (busy.id, 1, 2)
    assert top["spent_usd"] == "0.00"


@pytest.mark.parametrize("report, columns", [("occupancy", 5), ("revenue", 5), ("members", 3)])
async def test_the_series_is_returned_as_csv_on_request(
    service: Service, report: str, columns: int
) -> None:
    admin = await service.an_admin()
    path = f"/api/analytics/{report}{WEEK}"
    response = await admin.get(path, headers={"Accept": "text/csv"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    name = f'filename="{report}_2026-03-02_2026-03-08.csv"'
    assert name in response.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(response.text)))
    assert len(lines) == 8
    assert {len(line) for line in lines} == {columns}


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "text/csv;q=0.1, */*"])
async def test_json_is_the_default_format(service: Service, accept: str) -> None:
    admin = await service.an_admin()
    response = await admin.get(f"/api/analytics/members{WEEK}", headers={"Accept": accept})
    assert response.headers["content-type"] == "application/json"


async def test_occupancy_is_cached_until_something_changes(service: Service) -> None:
    room = await service.a_space()
    member, admin = await service.a_person(), await service.an_admin()

    async def booked() -> float:
        report = await admin.expect(200, "GET", f"/api/analytics/occupancy{WEEK}")
        return float(sum(day["booked_hours"] for day in report["days"]))

    for hour in (9, 11, 13):
        before = await booked()
        assert await booked() == before
        await member.book(room, hour, hour + 1)
        assert await booked() == before + 1
    # Members get none of what is cached for admins.
    await member.expect_problem(403, "forbidden", "GET", f"/api/analytics/occupancy{WEEK}")


async def test_only_reports_are_read_from_the_replica(
    database: PostgresDatabase,
) -> None:
    unreachable = "postgresql://user@127.0.0.1:1/none"
    async with running_service(database, DATABASE_READ_URL=unreachable) as service:
        admin = await service.an_admin()
        await (await service.a_person()).book(await service.a_space(), 9, 10)
        await admin.expect(200, "GET", "/api/bookings")
        for report in REPORTS:
            path = f"/api/analytics/{report}{WEEK}"
            await admin.expect_problem(503, "unavailable", "GET", path)
