"""When the clock jumps, no operation is left half done and no response is a 500."""

from itertools import count

import pytest
from httpx import Response

from tests.http.service import Person, Service, at, booking_body

JUMPS = [-12, 12, -1, 1, -0.001, 24 * 365, -24 * 365]
"""Hours, relative to the time without the jump."""
FIRST_HOUR, LATE_HOUR = 12, 200


class Member:
    """A member who has a booking in each state, and continues with all of them."""

    def __init__(self, person: Person, space: dict[str, object]) -> None:
        self.person = person
        self.space = space
        self.bookings: list[str] = []
        self.refresh_token = person.session["refresh_token"]
        self._hours = count(FIRST_HOUR)

    async def does_everything(self) -> list[Response]:
        """Continue with each booking, and create another."""
        person = self.person
        responses = []
        for booking in self.bookings:
            path = f"/api/bookings/{booking}"
            responses.append(await person.get(path))
            responses.append(await person.put(path, json={"end_time": at(next(self._hours))}))
            responses += [
                await person.post(f"{path}/{step}") for step in ("check-in", "check-out", "cancel")
            ]
        hour = next(self._hours)
        made = await person.post("/api/bookings", json=booking_body(self.space, hour, hour + 1))
        if made.status_code == 201:
            self.bookings.append(made.json()["id"])
        token = {"refresh_token": self.refresh_token}
        refreshed = await person.service.anonymous.post("/auth/refresh", json=token)
        if refreshed.status_code == 200:
            self.refresh_token = refreshed.json()["refresh_token"]
        credentials = {"email": person.email, "password": "a horse and a battery"}
        logged_in = await person.service.anonymous.post("/auth/login", json=credentials)
        return [*responses, made, refreshed, logged_in]


async def a_member(service: Service) -> Member:
    """A member with a past, a current and an upcoming booking."""
    space = await service.a_space()
    member = Member(await service.a_person(), space)
    for hour in (8, 9, 10):
        booking = await member.person.book(space, hour, hour + 1)
        member.bookings.append(booking["id"])
    for time, booking, step in ((8.0, 0, "check-in"), (8.9, 0, "check-out"), (9.0, 1, "check-in")):
        service.set_time(time)
        await member.person.expect(200, "POST", f"/api/bookings/{member.bookings[booking]}/{step}")
    return member


@pytest.mark.parametrize("jump", JUMPS)
async def test_after_a_clock_jump_every_response_is_a_valid_one(
    service: Service, jump: float
) -> None:
    member = await a_member(service)
    service.set_time(9.1 + jump)
    responses = await member.does_everything()
    service.set_time(9.2)
    back = await member.does_everything()
    wrong = [response.text for response in responses + back if response.status_code >= 500]
    assert not wrong, wrong
    # After a new login everything works again.
    again = await service.log_in(member.person.email)
    assert (await again.get("/api/bookings")).status_code == 200
    late = await again.post(
        "/api/bookings", json=booking_body(member.space, LATE_HOUR, LATE_HOUR + 1)
    )
    assert late.status_code == 201, late.text
