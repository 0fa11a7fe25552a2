"""Creating, listing and cancelling bookings, check-in and check-out, over HTTP."""

import pytest

from tests.http.service import Service, at, booking_body


async def test_a_free_slot_is_booked(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    response = await member.post("/api/bookings", json=booking_body(room, 9, 11) | {"notes": "Tea"})
    booking = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/api/bookings/{booking['id']}"
    assert response.headers["etag"] == '"1"'
    assert booking == {
        "id": booking["id"],
        "user_id": member.id,
        "space_id": room["id"],
        "desk": 1,
        "start_time": at(9),
        "end_time": at(11),
        "status": "CONFIRMED",
        "amount_usd": "20.00",
        "paid_usd": "0.00",
        "refunded_usd": "0.00",
        "covered_by_plan": False,
        "notes": "Tea",
        "hold_expires_at": None,
        "checked_in_at": None,
        "checked_out_at": None,
        "cancelled_at": None,
        "cancel_reason": None,
        "version": 1,
        "created_at": at(8),
        "updated_at": at(8),
    }


async def test_a_taken_slot_is_refused_with_the_nearest_alternatives(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.book(room, 9, 10)
    problem = await member.expect_problem(
        409, "booking_conflict", "POST", "/api/bookings", json=booking_body(room, 9, 10)
    )
    assert problem["alternatives"] == [
        {"start_time": at(8), "end_time": at(9)},
        {"start_time": at(10), "end_time": at(11)},
        {"start_time": at(7.75), "end_time": at(8.75)},
    ]


async def test_periods_that_touch_do_not_overlap(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.book(room, 9, 10)
    await member.book(room, 10, 11)
    await member.book(room, 8, 9)


async def test_a_booking_with_a_price_is_held_until_it_is_paid(paying_service: Service) -> None:
    member, room = await paying_service.a_person(), await paying_service.a_space()
    booking = await member.book(room, 9, 10)
    assert (booking["status"], booking["hold_expires_at"]) == ("PENDING", at(8.25))


async def test_an_expired_hold_does_not_block_a_booking(paying_service: Service) -> None:
    owner, other = await paying_service.a_person(), await paying_service.a_person()
    room = await paying_service.a_space()
    held = await owner.book(room, 9, 10)
    paying_service.set_time(8.25)
    taken = await other.book(room, 9, 10)
    assert taken["status"] == "PENDING"
    released = await owner.expect(200, "GET", f"/api/bookings/{held['id']}")
    assert (released["status"], released["cancelled_at"]) == ("CANCELLED", at(8.25))


@pytest.mark.parametrize(
    "start, end, code",
    [
        (10, 9, "end_before_start"),
        (9, 9, "end_before_start"),
        (9, 9.2, "duration_too_short"),
        (9, 9 + 24 * 366.5, "duration_too_long"),
        (9.1, 10.1, "misaligned_time"),
        (7, 9, "start_in_past"),
        (24 * 731, 24 * 731 + 1, "too_far_ahead"),
        (20, 23, "outside_opening_hours"),
    ],
)
async def test_each_booking_rule_has_its_code(
    service: Service, start: float, end: float, code: str
) -> None:
    week = {
        day: [["00:00", "22:00"]] if day == "monday" else [["00:00", "24:00"]]
        for day in (
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        )
    }
    member, room = await service.a_person(), await service.a_space(opening_hours=week)
    await member.expect_problem(
        422, code, "POST", "/api/bookings", json=booking_body(room, start, end)
    )


async def test_booking_rules_are_checked_before_the_slot(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.book(room, 9, 10)
    await member.expect_problem(
        422, "misaligned_time", "POST", "/api/bookings", json=booking_body(room, 9.1, 9.6)
    )


async def test_an_admin_books_for_another_user_and_in_the_past(service: Service) -> None:
    admin, member = await service.an_admin(), await service.a_person()
    room = await service.a_space()
    booking = await admin.book(room, 5, 6, user_id=member.id)
    assert booking["user_id"] == member.id
    assert await member.expect(200, "GET", f"/api/bookings/{booking['id']}") == booking


async def test_a_member_may_not_book_for_another_user(service: Service) -> None:
    owner, other = await service.a_person(), await service.a_person()
    room = await service.a_space()
    body = booking_body(room, 9, 10) | {"user_id": other.id}
    await owner.expect_problem(403, "forbidden", "POST", "/api/bookings", json=body)


async def test_an_unknown_space_cannot_be_booked(service: Service) -> None:
    member = await service.a_person()
    body = booking_body({"id": member.id}, 9, 10)
    await member.expect_problem(404, "not_found", "POST", "/api/bookings", json=body)


async def test_an_inactive_space_cannot_be_booked(service: Service) -> None:
    admin, room = await service.an_admin(), await service.a_space()
    await admin.expect(204, "DELETE", f"/api/spaces/{room['id']}")
    await admin.expect_problem(
        404, "not_found", "POST", "/api/bookings", json=booking_body(room, 9, 10)
    )


async def test_a_booking_of_another_user_is_indistinguishable_from_none(service: Service) -> None:
    owner, other = await service.a_person(), await service.a_person()
    booking = await owner.book(await service.a_space(), 9, 10)
    for path in (f"/api/bookings/{booking['id']}", f"/api/bookings/{owner.id}"):
        await other.expect_problem(404, "not_found", "GET", path)
        for step in ("cancel", "check-in", "check-out"):
            await other.expect_problem(404, "not_found", "POST", f"{path}/{step}")


async def test_the_life_cycle_of_a_booking_from_check_in_to_check_out(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    booking = await member.book(room, 9, 11)
    path = f"/api/bookings/{booking['id']}"
    await member.expect_problem(409, "outside_check_in_window", "POST", f"{path}/check-in")
    service.set_time(8.75)
    arrived = await member.expect(200, "POST", f"{path}/check-in")
    assert (arrived["status"], arrived["checked_in_at"]) == ("CHECKED_IN", at(8.75))
    service.set_time(9.5)
    left = await member.expect(200, "POST", f"{path}/check-out")
    assert (left["status"], left["checked_out_at"], left["version"]) == ("COMPLETED", at(9.5), 3)


async def test_the_rest_of_a_slot_after_check_out_is_free_again(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    booking = await member.book(room, 9, 11)
    service.set_time(9)
    await member.expect(200, "POST", f"/api/bookings/{booking['id']}/check-in")
    service.set_time(9.5)
    await member.expect(200, "POST", f"/api/bookings/{booking['id']}/check-out")
    await member.book(room, 9.5, 11)


async def test_check_in_closes_at_the_end_of_the_booking(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    booking = await member.book(room, 9, 10)
    service.set_time(10)
    await member.expect_problem(
        409, "outside_check_in_window", "POST", f"/api/bookings/{booking['id']}/check-in"
    )


async def test_an_illegal_transition_names_both_statuses(
    service: Service,
) -> None:
    member, room = await service.a_person(), await service.a_space()
    booking = await member.book(room, 9, 10)
    problem = await member.expect_problem(
        409, "invalid_transition", "POST", f"/api/bookings/{booking['id']}/check-out"
    )
    assert (problem["from"], problem["to"]) == ("CONFIRMED", "COMPLETED")


async def test_a_cancelled_booking_frees_its_slot_at_once(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    booking = await member.book(room, 9, 10)
    path = f"/api/bookings/{booking['id']}/cancel"
    cancelled = await member.expect(200, "POST", path, json={"reason": "Rain"})
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("CANCELLED", "Rain")
    await member.book(room, 9, 10)
    await member.expect_problem(409, "invalid_transition", "POST", path)


async def test_a_booking_is_cancelled_without_a_body(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    booking = await member.book(room, 9, 10)
    assert (await member.post(f"/api/bookings/{booking['id']}/cancel")).status_code == 200


async def test_only_an_admin_can_cancel_a_booking_that_has_begun(service: Service) -> None:
    member, admin = await service.a_person(), await service.an_admin()
    booking = await member.book(await service.a_space(), 9, 10)
    service.set_time(9)
    path = f"/api/bookings/{booking['id']}/cancel"
    await member.expect_problem(409, "booking_started", "POST", path)
    await member.expect_problem(403, "forbidden", "POST", path, json={"refund": "full"})
    await admin.expect(200, "POST", path, json={"refund": "full"})


async def test_a_list_contains_the_callers_bookings_latest_start_first(service: Service) -> None:
    owner, other = await service.a_person(), await service.a_person()
    room = await service.a_space()
    early, late = await owner.book(room, 9, 10), await owner.book(room, 12, 13)
    await other.book(room, 10, 11)
    page = await owner.expect(200, "GET", "/api/bookings")
    assert page == {"items": [late, early], "next_cursor": None}


async def test_an_admin_lists_all_bookings_and_can_filter_by_user(service: Service) -> None:
    admin, member = await service.an_admin(), await service.a_person()
    room = await service.a_space()
    mine, theirs = await admin.book(room, 9, 10), await member.book(room, 10, 11)
    everything = await admin.expect(200, "GET", "/api/bookings")
    assert everything["items"] == [theirs, mine]
    chosen = await admin.expect(200, "GET", "/api/bookings", params={"user_id": member.id})
    assert chosen["items"] == [theirs]


async def test_a_list_is_filtered_by_status_space_and_period(service: Service) -> None:
    member = await service.a_person()
    room, other_room = await service.a_space(), await service.a_space()
    confirmed, dropped = await member.book(room, 9, 10), await member.book(room, 10, 11)
    elsewhere = await member.book(other_room, 12, 13)
    dropped = await member.expect(200, "POST", f"/api/bookings/{dropped['id']}/cancel")

    async def bookings_of(**params: object) -> list[object]:
        page = await member.expect(200, "GET", "/api/bookings", params=params)
        return list(page["items"])

    assert await bookings_of(status="CANCELLED") == [dropped]
    assert await bookings_of(status=["CANCELLED", "CONFIRMED"]) == [elsewhere, dropped, confirmed]
    assert await bookings_of(space_id=other_room["id"]) == [elsewhere]
    assert await bookings_of(**{"from": at(9.5), "to": at(10)}) == [confirmed]
    assert await bookings_of(**{"from": at(10)}) == [elsewhere, dropped]
    assert await bookings_of(to=at(9)) == []


async def test_pages_have_no_gaps_or_repeats(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    booked = [await member.book(room, 9 + n, 10 + n) for n in range(5)]
    seen: list[object] = []
    cursor = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await member.expect(200, "GET", "/api/bookings", params=params)
        seen += page["items"]
        await member.book(room, 30 + len(seen), 31 + len(seen))
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == booked[::-1]
