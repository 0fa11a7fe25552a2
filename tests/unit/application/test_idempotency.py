"""Idempotency keys: a request that comes again is answered as the first time."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.bookings.booking_request import BookingRequest
from application.bookings.cancel_booking import Cancellation
from application.bookings.quote_booking import QuoteResult
from application.common.caller import Caller
from application.idempotency.idempotent_executor import ExecutionResult
from application.idempotency.idempotent_request import RETENTION
from application.idempotency.request_key import RequestKey, fingerprint_of
from application.ports.idempotency_keys import StoredResponse
from application.ports.unit_of_work import Unavailable
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.errors import BookingConflict, IdempotencyKeyReused, InvalidToken, InvalidValue
from domain.ids import UserId
from tests.entities import IDS, hours
from tests.unit.application.keyed_requests import (
    book_once,
    is_final,
    key_of,
    render,
    render_refusal,
)
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World

MOMENT = timedelta(microseconds=1)


async def booked(world: World) -> int:
    """How many bookings were made."""
    return len(await world.audit_entries(event=AuditEvent.BOOKING_CREATED))


async def test_the_same_request_again_is_answered_as_the_first_time(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    first = await book_once(world, member, "k", zone, 9, 10)
    assert not first.is_replayed
    for _ in range(3):
        assert await book_once(world, member, "k", zone, 9, 10) == replace(first, is_replayed=True)
    assert await booked(world) == 1


async def test_the_answer_stays_when_things_have_changed_since(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    first = await book_once(world, member, "k", zone, 9, 10)
    await world.delete_space(await world.an_admin(), zone.id, cancel_bookings=True)
    assert (await book_once(world, member, "k", zone, 9, 10)).response == first.response


async def test_without_a_key_every_request_counts(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    answers = [await book_once(world, member, None, zone, 9, 10) for _ in range(2)]
    assert not any(answer.is_replayed for answer in answers)
    assert await booked(world) == 2


async def test_without_a_key_a_refusal_is_raised(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 9, 10)
    with pytest.raises(BookingConflict):
        await book_once(world, member, None, room, 9, 10)


async def test_another_request_with_the_key_is_refused(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    first = await book_once(world, member, "k", zone, 9, 10)
    with pytest.raises(IdempotencyKeyReused):
        await book_once(world, member, "k", zone, 9, 11)
    assert (await book_once(world, member, "k", zone, 9, 10)).response == first.response
    assert await booked(world) == 1


async def test_a_request_that_is_refused_before_anything_is_read_is_another_one_too(
    world: World,
) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    await book_once(world, member, "k", zone, 9, 10)
    forbidden = BookingRequest(
        space_id=zone.id, start=hours(9, 10).start, end=hours(9, 10).end, user_id=member.user_id
    )
    with pytest.raises(IdempotencyKeyReused):
        await world.idempotent_executor(
            key_of(member, "k", forbidden),
            lambda idempotency: world.create_booking(member, forbidden, idempotency),
            render,
            render_refusal=render_refusal,
            is_final=is_final,
        )


async def test_keys_of_different_users_are_apart(world: World) -> None:
    zone = await world.a_zone(5)
    answers = [await book_once(world, await world.a_caller(), "k", zone, 9, 10) for _ in range(2)]
    assert answers[0].response != answers[1].response
    assert not any(answer.is_replayed for answer in answers)


async def test_a_refusal_is_kept_even_when_it_would_be_granted_now(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    refused = await book_once(world, member, "k", room, 9, 10)
    assert refused == ExecutionResult(StoredResponse(409, {}, b"booking_conflict"))
    await world.cancel_booking(member, booking.id, Cancellation())
    assert await book_once(world, member, "k", room, 9, 10) == replace(refused, is_replayed=True)
    assert await booked(world) == 1


@pytest.mark.parametrize("failure", [InvalidToken("No."), Unavailable("No."), ConnectionError()])
async def test_what_is_not_final_is_not_kept(world: World, failure: Exception) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    request = BookingRequest(space_id=zone.id, start=hours(9, 10).start, end=hours(9, 10).end)

    async def fails(_: object) -> Booking:
        raise failure

    with pytest.raises(type(failure)):
        await world.idempotent_executor(
            key_of(member, "k", request),
            fails,
            render,
            render_refusal=render_refusal,
            is_final=is_final,
        )
    assert not (await book_once(world, member, "k", zone, 9, 10)).is_replayed


async def test_a_commit_that_fails_leaves_neither_booking_nor_answer(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)

    async def crash() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await book_once(world.with_concurrent_action(crash), member, "k", zone, 9, 10)
    assert (await world.schedule(zone)).occupations == ()
    assert not (await book_once(world, member, "k", zone, 9, 10)).is_replayed
    assert await booked(world) == 1


async def test_a_key_is_kept_for_24_hours_and_then_as_good_as_new(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    first = await book_once(world, member, "k", zone, 59, 60)
    world.clock.advance(RETENTION - MOMENT)
    assert (await book_once(world, member, "k", zone, 59, 60)).is_replayed
    world.clock.advance(MOMENT)
    second = await book_once(world, member, "k", zone, 59, 60)
    assert not second.is_replayed
    assert second.response != first.response
    assert (await book_once(world, member, "k", zone, 59, 60)).response == second.response


async def test_old_keys_are_swept_and_no_others(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(5)
    await book_once(world, member, "old", zone, 59, 60)
    world.clock.advance(timedelta(hours=1))
    await book_once(world, member, "new", zone, 59, 60)
    world.clock.advance(RETENTION - timedelta(minutes=30))
    assert await world.purge_expired_data() == 1
    assert await world.purge_expired_data() == 0
    assert (await book_once(world, member, "new", zone, 59, 60)).is_replayed


@pytest.mark.parametrize("desks", [1, 40])
async def test_of_32_at_once_with_one_key_one_books_and_all_get_its_answer(
    world: World, desks: int
) -> None:
    member, zone = await world.a_caller(), await world.a_zone(desks)
    answers: list[ExecutionResult] = []

    async def book() -> None:
        answers.append(await book_once(world, member, "k", zone, 9, 10))

    await outcomes(book() for _ in range(32))
    assert len(answers) == 32
    assert {answer.response.body for answer in answers} == {answers[0].response.body}
    assert sum(not answer.is_replayed for answer in answers) == 1
    assert await booked(world) == 1


async def test_of_many_refused_at_once_with_one_key_all_get_one_answer(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 9, 10)
    answers: list[ExecutionResult] = []

    async def book() -> None:
        answers.append(await book_once(world, member, "k", room, 9, 10))

    await outcomes(book() for _ in range(8))
    assert len(answers) == 8
    assert {answer.response.body for answer in answers} == {b"booking_conflict"}
    assert sum(not answer.is_replayed for answer in answers) == 1


Call = Callable[[World, Caller, Booking, Any], Awaitable[Booking]]
STEPS: dict[str, tuple[float, Call]] = {
    "cancel": (8, lambda w, c, b, k: w.cancel_booking(c, b.id, Cancellation(), k)),
    "check-in": (9, lambda w, c, b, k: w.check_in(c, b.id, k)),
}


@pytest.mark.parametrize("hour, call", STEPS.values(), ids=STEPS)
async def test_each_step_of_a_booking_is_taken_once(world: World, hour: float, call: Call) -> None:
    member = await world.a_caller()
    booking = await world.book(member, await world.a_space(), 9, 10)
    world.set_time(hour)
    key = key_of(member, "k", booking.id)

    async def step() -> ExecutionResult:
        return await world.idempotent_executor(
            key,
            lambda idempotency: call(world, member, booking, idempotency),
            render,
            render_refusal=render_refusal,
            is_final=is_final,
        )

    first, second = await step(), await step()
    assert first.response.code == 201
    assert second == replace(first, is_replayed=True)


async def test_confirming_and_checking_out_again_is_answered_as_the_first_time(
    paying_world: World,
) -> None:
    world = paying_world
    admin, member = await world.an_admin(), await world.a_caller()
    booking = await world.book(member, await world.a_space(), 8, 10)
    answers = []
    for _ in range(2):
        for name, use_case in (("in", world.confirm_booking), ("out", world.check_out)):

            async def step(idempotency: Any, use_case: Any = use_case) -> Booking:
                done: Booking = await use_case(admin, booking.id, idempotency)
                return done

            key = key_of(admin, name, booking.id)
            answers.append(
                await world.idempotent_executor(
                    key, step, render, render_refusal=render_refusal, is_final=is_final
                )
            )
            if name == "in" and not answers[-1].is_replayed:
                await world.check_in(member, booking.id)
    assert [answer.response.code for answer in answers] == [201] * 4
    assert [answer.is_replayed for answer in answers] == [False, False, True, True]


async def test_a_quote_again_is_what_was_quoted(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    request = BookingRequest(space_id=room.id, start=hours(9, 10).start, end=hours(9, 10).end)

    def render_offer(offer: QuoteResult) -> StoredResponse:
        return StoredResponse(200, {}, str(offer).encode())

    async def quote(key: RequestKey) -> ExecutionResult:
        return await world.idempotent_executor(
            key,
            lambda idempotency: world.quote_booking(member, request, idempotency),
            render_offer,
            render_refusal=render_refusal,
            is_final=is_final,
        )

    first = await quote(key_of(member, "k"))
    await world.book(member, room, 9, 10)
    assert await quote(key_of(member, "k")) == replace(first, is_replayed=True)
    assert b"available=False" in (await quote(key_of(member, "another"))).response.body


async def test_an_answer_that_no_use_case_gave_can_be_kept(world: World) -> None:
    member = await world.a_caller()
    answer = StoredResponse(400, {}, b"validation_error")
    assert not (await world.idempotent_executor.store(key_of(member, "k"), answer)).is_replayed
    again = await world.idempotent_executor.store(
        key_of(member, "k"), StoredResponse(400, {}, b"another")
    )
    assert again == ExecutionResult(answer, is_replayed=True)
    with pytest.raises(IdempotencyKeyReused):
        await world.idempotent_executor.store(key_of(member, "k", "another"), answer)


@pytest.mark.parametrize("key", ["", "k" * 256, "with space", "tab\t", "nul\0", "ключ", "\x7f"])
def test_a_key_has_1_to_255_visible_characters(key: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        RequestKey(UserId(IDS.new()), key, bytes(32))
    assert refused.value.field == "Idempotency-Key"


@pytest.mark.parametrize("key", ["k", "k" * 255, "!~"])
def test_any_other_key_will_do(key: str) -> None:
    assert RequestKey(UserId(IDS.new()), key, bytes(32)).key == key


def test_a_fingerprint_tells_method_path_and_body_apart() -> None:
    requests = [
        ("POST", "/a", b""),
        ("PUT", "/a", b""),
        ("POST", "/b", b""),
        ("POST", "/a", b"b"),
        ("POST", "/", b"a"),
    ]
    assert len({fingerprint_of(*request) for request in requests}) == len(requests)
