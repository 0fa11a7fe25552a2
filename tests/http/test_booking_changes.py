"""Quotes, changes, confirmation and calendars of bookings, over HTTP."""

from typing import Any

from httpx import Response
from icalendar import Calendar

from tests.http.service import Person, Service, at, booking_body


def events_of(response: Response) -> list[Any]:
    """Return the events of a calendar. The format has fields of many types."""
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


async def quote(person: Person, space: dict[str, Any], start: float, end: float) -> Any:
    return await person.expect(
        200, "POST", "/api/bookings/quote", json=booking_body(space, start, end)
    )


async def test_a_quote_shows_the_cheapest_cover_line_by_line(service: Service) -> None:
    member = await service.a_person()
    room = await service.a_space(daily_rate="60.00", monthly_rate="900.00")
    assert await quote(member, room, 9, 9 + 24 + 2.25) == {
        "amount_usd": "82.50",
        "covered_by_plan": False,
        "lines": [
            {"unit": "day", "quantity": "1", "unit_price_usd": "60.00", "amount_usd": "60.00"},
            {"unit": "hour", "quantity": "2.25", "unit_price_usd": "10.00", "amount_usd": "22.50"},
        ],
        "available": True,
    }


async def test_a_quote_stores_nothing_and_reports_a_taken_slot(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    assert (await quote(member, room, 9, 10))["available"] is True
    await member.book(room, 9, 10)
    assert (await quote(member, room, 9.5, 10.5))["available"] is False
    assert (await quote(member, room, 10, 11))["available"] is True
    assert len((await member.expect(200, "GET", "/api/bookings"))["items"]) == 1


async def test_a_quote_applies_the_booking_rules(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.expect_problem(
        422, "misaligned_time", "POST", "/api/bookings/quote", json=booking_body(room, 9.1, 10.1)
    )


async def test_a_booking_moves_to_another_time_and_space_and_is_priced_anew(
    service: Service,
) -> None:
    member = await service.a_person()
    room, dear = await service.a_space(), await service.a_space(hourly_rate="25.00")
    booking = await member.book(room, 9, 10)
    path = f"/api/bookings/{booking['id']}"
    response = await member.put(path, json={"start_time": at(9.5), "end_time": at(11)})
    assert response.headers["etag"] == '"2"'
    assert response.json() == booking | {
        "start_time": at(9.5),
        "end_time": at(11),
        "amount_usd": "15.00",
        "version": 2,
    }
    moved = await member.expect(200, "PUT", path, json={"space_id": dear["id"]})
    assert (moved["space_id"], moved["amount_usd"]) == (dear["id"], "37.50")
    await member.book(room, 9.5, 11)


async def test_notes_change_without_a_new_quote(service: Service) -> None:
    member, admin = await service.a_person(), await service.an_admin()
    room = await service.a_space()
    booking = await member.book(room, 9, 10)
    await admin.expect(200, "PUT", f"/api/spaces/{room['id']}", json={"hourly_rate": 99})
    path = f"/api/bookings/{booking['id']}"
    changed = await member.expect(200, "PUT", path, json={"notes": "Tea"})
    assert (changed["notes"], changed["amount_usd"]) == ("Tea", "10.00")
    assert (await member.expect(200, "PUT", path, json={"notes": None}))["notes"] is None


async def test_a_move_onto_a_taken_slot_is_rejected_and_changes_nothing(service: Service) -> None:
    owner, other = await service.a_person(), await service.a_person()
    room = await service.a_space()
    booking = await owner.book(room, 9, 10)
    await other.book(room, 10, 11)
    path = f"/api/bookings/{booking['id']}"
    problem = await owner.expect_problem(
        409, "booking_conflict", "PUT", path, json={"end_time": at(10.25)}
    )
    assert problem["alternatives"]
    assert await owner.expect(200, "GET", path) == booking


async def test_a_change_with_an_outdated_version_is_rejected(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    path = f"/api/bookings/{(await member.book(room, 9, 10))['id']}"
    await member.expect(200, "PUT", path, json={"notes": "One"}, headers={"If-Match": '"1"'})
    for stale in ('"1"', "nonsense"):
        await member.expect_problem(
            412, "version_mismatch", "PUT", path, json={"notes": "No"}, headers={"If-Match": stale}
        )
    assert (await member.expect(200, "GET", path))["notes"] == "One"


async def test_a_booking_that_has_begun_or_ended_cannot_be_changed(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    path = f"/api/bookings/{(await member.book(room, 9, 10))['id']}"
    service.set_time(9)
    await member.expect_problem(409, "invalid_transition", "PUT", path, json={"notes": "Late"})


async def test_a_paid_booking_cannot_become_more_expensive(paying_service: Service) -> None:
    member, admin = await paying_service.a_person(), await paying_service.an_admin()
    room = await paying_service.a_space()
    path = f"/api/bookings/{(await member.book(room, 9, 10))['id']}"
    paid = await admin.expect(200, "POST", f"{path}/confirm")
    assert (paid["status"], paid["paid_usd"]) == ("CONFIRMED", "10.00")
    await member.expect_problem(409, "payment_required", "PUT", path, json={"end_time": at(11)})
    assert await member.expect(200, "GET", path) == paid


async def test_only_admins_confirm_and_only_held_bookings(paying_service: Service) -> None:
    member, admin = await paying_service.a_person(), await paying_service.an_admin()
    path = f"/api/bookings/{(await member.book(await paying_service.a_space(), 9, 10))['id']}"
    await member.expect_problem(403, "forbidden", "POST", f"{path}/confirm")
    await admin.expect(200, "POST", f"{path}/confirm")
    await admin.expect_problem(409, "invalid_transition", "POST", f"{path}/confirm")


async def test_a_booking_is_exported_as_a_calendar_event(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space(name="Harbour, room; one")
    booking = await member.book(room, 9, 10)
    response = await member.get(f"/api/bookings/{booking['id']}/calendar.ics")
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    [event] = events_of(response)
    assert str(event["SUMMARY"]) == "Harbour, room; one"
    assert event["DTSTART"].dt.isoformat() == "2026-03-02T09:00:00+00:00"
    assert event["DTEND"].dt.isoformat() == "2026-03-02T10:00:00+00:00"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)


async def test_a_feed_follows_changes_and_cancellations(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    booking = await member.book(room, 9, 10)
    feed_url = (await member.expect(200, "POST", "/api/calendar-feed"))["feed_url"]
    assert feed_url.startswith("http://testserver.local/calendar/")
    path = feed_url.removeprefix("http://testserver.local")

    async def the_event() -> Any:
        response = await service.anonymous.get(path)
        [event] = events_of(response)
        return event

    before = await the_event()
    await member.expect(200, "PUT", f"/api/bookings/{booking['id']}", json={"start_time": at(9.25)})
    moved = await the_event()
    await member.expect(200, "POST", f"/api/bookings/{booking['id']}/cancel")
    cancelled = await the_event()
    assert before["UID"] == moved["UID"] == cancelled["UID"]
    assert [event["SEQUENCE"] for event in (before, moved, cancelled)] == [0, 1, 2]
    assert cancelled["STATUS"] == "CANCELLED"


async def test_a_feed_is_private_and_can_be_removed(service: Service) -> None:
    owner, other = await service.a_person(), await service.a_person()
    await other.book(await service.a_space(), 9, 10)
    url = (await owner.expect(200, "POST", "/api/calendar-feed"))["feed_url"]
    path = url.removeprefix("http://testserver.local")
    assert events_of(await service.anonymous.get(path)) == []
    newer = (await owner.expect(200, "POST", "/api/calendar-feed"))["feed_url"]
    await service.anonymous.expect_problem(404, "not_found", "GET", path)
    path = newer.removeprefix("http://testserver.local")
    await owner.expect(204, "DELETE", "/api/calendar-feed")
    await owner.expect(204, "DELETE", "/api/calendar-feed")
    for unknown in (path, "/calendar/unknown.ics", "/calendar/unknown"):
        await service.anonymous.expect_problem(404, "not_found", "GET", unknown)
