"""A request with an `Idempotency-Key` is executed once, and its response replayed, over HTTP."""

import asyncio
from typing import Any

import pytest

from tests.entities import HOUR
from tests.http.service import Service, booking_body

KEY = {"Idempotency-Key": "order-17"}


async def count_bookings(service: Service) -> int:
    admin = await service.an_admin()
    return len((await admin.expect(200, "GET", "/api/bookings"))["items"])


async def test_a_repeated_request_gets_the_same_bytes_and_books_once(
    service: Service,
) -> None:
    member, room = await service.a_person(), await service.a_space()
    body = booking_body(room, 9, 10)
    first = await member.post("/api/bookings", json=body, headers=KEY)
    service.set_time(8.5)
    again = await member.post("/api/bookings", json=body, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert await count_bookings(service) == 1


async def test_without_a_key_a_repeated_request_is_a_new_one(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.book(room, 9, 10)
    await member.expect_problem(
        409, "booking_conflict", "POST", "/api/bookings", json=booking_body(room, 9, 10)
    )


async def test_concurrent_requests_with_one_key_get_one_response(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    body = booking_body(room, 9, 10)
    responses = await asyncio.gather(
        *(member.post("/api/bookings", json=body, headers=KEY) for _ in range(16))
    )
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    assert await count_bookings(service) == 1


async def test_a_refusal_is_replayed_even_when_the_slot_is_free_meanwhile(service: Service) -> None:
    first, second = await service.a_person(), await service.a_person()
    room = await service.a_space()
    taken = await first.book(room, 9, 10)
    body = booking_body(room, 9, 10)
    refused = await second.post("/api/bookings", json=body, headers=KEY)
    await first.expect(200, "POST", f"/api/bookings/{taken['id']}/cancel")
    again = await second.post("/api/bookings", json=body, headers=KEY)
    assert (refused.status_code, again.status_code) == (409, 409)
    assert again.content == refused.content
    assert again.headers["content-type"] == "application/problem+json"
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    "change", [{"notes": "Tea"}, {"start_time": "2026-03-02T09:15:00Z"}], ids=["notes", "start"]
)
async def test_another_body_with_the_same_key_is_rejected(
    service: Service, change: dict[str, str]
) -> None:
    member, room = await service.a_person(), await service.a_space()
    body = booking_body(room, 9, 10)
    await member.expect(201, "POST", "/api/bookings", json=body, headers=KEY)
    await member.expect_problem(
        422, "idempotency_key_reused", "POST", "/api/bookings", json=body | change, headers=KEY
    )


async def test_another_path_with_the_same_key_is_rejected(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    body = booking_body(room, 9, 10)
    await member.expect(200, "POST", "/api/bookings/quote", json=body, headers=KEY)
    await member.expect_problem(
        422, "idempotency_key_reused", "POST", "/api/bookings", json=body, headers=KEY
    )


async def test_a_response_to_an_invalid_body_is_stored_as_well(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    wrong: dict[str, Any] = {"space_id": room["id"]}
    first = await member.post("/api/bookings", json=wrong, headers=KEY)
    again = await member.post("/api/bookings", json=wrong, headers=KEY)
    assert (first.status_code, again.status_code) == (400, 400)
    assert again.headers["idempotency-replayed"] == "true"
    await member.expect_problem(
        422,
        "idempotency_key_reused",
        "POST",
        "/api/bookings",
        json=booking_body(room, 9, 10),
        headers=KEY,
    )


async def test_keys_of_different_users_are_independent(service: Service) -> None:
    first, second = await service.a_person(), await service.a_person()
    room = await service.a_space()
    await first.expect(201, "POST", "/api/bookings", json=booking_body(room, 9, 10), headers=KEY)
    await second.expect(201, "POST", "/api/bookings", json=booking_body(room, 10, 11), headers=KEY)


async def test_a_key_expires_after_a_day(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.expect(201, "POST", "/api/bookings", json=booking_body(room, 40, 41), headers=KEY)
    service.clock.advance(24 * HOUR)
    member = await service.log_in(member.email)
    await member.expect(201, "POST", "/api/bookings", json=booking_body(room, 41, 42), headers=KEY)


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "tab\there"], ids=repr)
async def test_a_key_has_1_to_255_visible_characters(service: Service, key: str) -> None:
    member, room = await service.a_person(), await service.a_space()
    await member.expect_problem(
        400,
        "validation_error",
        "POST",
        "/api/bookings",
        json=booking_body(room, 9, 10),
        headers={"Idempotency-Key": key},
    )


async def test_the_response_to_an_invalid_token_is_not_stored(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    body = booking_body(room, 9, 10)
    await service.anonymous.expect_problem(
        401, "unauthenticated", "POST", "/api/bookings", json=body, headers=KEY
    )
    await member.expect(201, "POST", "/api/bookings", json=body, headers=KEY)


async def test_every_transition_of_a_booking_accepts_a_key(paying_service: Service) -> None:
    service = paying_service
    member, admin = await service.a_person(), await service.an_admin()
    booking = await member.book(await service.a_space(), 9, 10)
    path = f"/api/bookings/{booking['id']}"
    service.set_time(8.1)
    for person, step in ((admin, "confirm"), (member, "check-in"), (member, "check-out")):
        if step == "check-in":
            service.set_time(9)
        headers = {"Idempotency-Key": step}
        first = await person.post(f"{path}/{step}", headers=headers)
        again = await person.post(f"{path}/{step}", headers=headers)
        assert (first.status_code, again.status_code) == (200, 200), first.text
        assert again.content == first.content
        await person.expect_problem(409, "invalid_transition", "POST", f"{path}/{step}")
