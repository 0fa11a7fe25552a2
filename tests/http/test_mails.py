"""The mails about payments and plans, over HTTP and Stripe events."""

from application.mails.mail import BookingContent, Mail, MailType
from tests.http.service import Service
from tests.http.stripe_service import StripeService

ADA = {"email": "ada@example.com", "password": "nine green umbrellas", "full_name": "Ada"}


def occasions(mails: list[Mail]) -> list[MailType]:
    return [mail.type for mail in mails]


async def test_a_payment_sends_a_confirmation_and_a_cancellation_mentions_the_refund(
    stripe_service: StripeService,
) -> None:
    person = await stripe_service.service.a_person()
    booking = await stripe_service.add_paid_booking(person)
    assert occasions(await stripe_service.service.deliver()) == [MailType.BOOKING_CONFIRMED]
    await person.expect(200, "POST", f"/api/bookings/{booking['id']}/cancel", json={})
    [mail] = await stripe_service.service.deliver()
    assert mail.type is MailType.BOOKING_CANCELLED
    assert isinstance(mail.content, BookingContent)
    assert str(mail.content.refund) == booking["paid_usd"]


async def test_an_event_delivered_twice_sends_one_mail(stripe_service: StripeService) -> None:
    person = await stripe_service.service.a_person()
    await stripe_service.add_paid_booking(person)
    for event in stripe_service.sandbox.events():
        await stripe_service.deliver_event(event)
    assert occasions(await stripe_service.service.deliver()) == [MailType.BOOKING_CONFIRMED]


async def test_a_paid_plan_sends_a_mail(stripe_service: StripeService) -> None:
    person = await stripe_service.service.a_person()
    await stripe_service.pay(await stripe_service.open_checkout(person, plan_type="HOT_DESK"))
    await stripe_service.deliver_events()
    assert occasions(await stripe_service.service.deliver()) == [MailType.PLAN_STARTED]


async def test_a_repeated_request_sends_no_second_mail(service: Service) -> None:
    person, space = await service.a_person(), await service.a_space()
    person.headers["Idempotency-Key"] = "once"
    first = await person.book(space, 9, 10)
    assert await person.book(space, 9, 10) == first
    assert occasions(await service.deliver()) == [MailType.BOOKING_CONFIRMED]


async def test_the_language_is_that_of_the_browser_until_it_is_changed(service: Service) -> None:
    session = await service.anonymous.expect(
        201, "POST", "/auth/signup", json=ADA, headers={"Accept-Language": "tr-TR, en;q=0.5"}
    )
    assert session["user"]["locale"] == "tr"
    ada = await service.log_in(ADA["email"], ADA["password"])
    changed = await ada.expect(200, "PATCH", "/auth/me", json={"locale": "en", "reminders": False})
    assert (changed["locale"], changed["reminders"]) == ("en", False)
