"""What a person is told by mail of what they pay for, over HTTP and Stripe's events."""

from application.mails.mail import BookingContent, Mail, MailType
from tests.http.paying import PayingHouse
from tests.http.service import Service

ADA = {"email": "ada@example.com", "password": "nine green umbrellas", "full_name": "Ada"}


def occasions(mails: list[Mail]) -> list[MailType]:
    return [mail.occasion for mail in mails]


async def test_a_payment_confirms_and_a_cancellation_tells_of_the_refund(
    house: PayingHouse,
) -> None:
    person = await house.service.a_person()
    booking = await house.has_paid_booking(person)
    assert occasions(await house.service.deliver()) == [MailType.BOOKING_CONFIRMED]
    await person.gets(200, "POST", f"/api/bookings/{booking['id']}/cancel", json={})
    [mail] = await house.service.deliver()
    assert mail.occasion is MailType.BOOKING_CANCELLED
    assert isinstance(mail.about, BookingContent)
    assert str(mail.about.refund) == booking["paid_usd"]


async def test_an_event_that_is_told_twice_is_written_of_once(house: PayingHouse) -> None:
    person = await house.service.a_person()
    await house.has_paid_booking(person)
    for event in house.sandbox.events():
        await house.tells_of(event)
    assert occasions(await house.service.deliver()) == [MailType.BOOKING_CONFIRMED]


async def test_a_plan_that_is_paid_for_has_started(house: PayingHouse) -> None:
    person = await house.service.a_person()
    await house.pays(await house.opens_checkout(person, plan_type="HOT_DESK"))
    await house.tells()
    assert occasions(await house.service.deliver()) == [MailType.PLAN_STARTED]


async def test_the_same_request_again_brings_no_second_mail(service: Service) -> None:
    person, space = await service.a_person(), await service.a_space()
    person.headers["Idempotency-Key"] = "once"
    first = await person.books(space, 9, 10)
    assert await person.books(space, 9, 10) == first
    assert occasions(await service.deliver()) == [MailType.BOOKING_CONFIRMED]


async def test_the_language_is_the_browsers_until_it_is_changed(service: Service) -> None:
    session = await service.anybody.gets(
        201, "POST", "/auth/signup", json=ADA, headers={"Accept-Language": "tr-TR, en;q=0.5"}
    )
    assert session["user"]["locale"] == "tr"
    ada = await service.log_in(ADA["email"], ADA["password"])
    changed = await ada.gets(200, "PATCH", "/auth/me", json={"locale": "en", "reminders": False})
    assert (changed["locale"], changed["reminders"]) == ("en", False)
