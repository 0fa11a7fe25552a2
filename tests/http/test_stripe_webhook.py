"""The webhook: only an event that Stripe signed just now has an effect, and only once."""

import asyncio
import logging
from typing import Any

import pytest

from tests.http.service import Person, Service
from tests.http.stripe_service import WEBHOOK, StripeService


async def paid_but_undelivered(
    stripe_service: StripeService,
) -> tuple[Person, dict[str, Any], dict[str, Any]]:
    """Return a member, a booking they paid, and the event that has not been delivered yet."""
    ada = await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    await stripe_service.pay(await stripe_service.open_checkout(ada, booking_id=booking["id"]))
    [event] = stripe_service.sandbox.events("checkout.session.completed")
    return ada, booking, event


async def status(stripe_service: StripeService, booking: dict[str, Any]) -> str:
    """Return the status from an admin's list, which does not query Stripe."""
    admin = await stripe_service.service.an_admin()
    page = await admin.expect(200, "GET", f"/api/bookings?user_id={booking['user_id']}")
    [item] = page["items"]
    return str(item["status"])


async def assert_rejected(
    stripe_service: StripeService, body: bytes, signature: str | None
) -> None:
    response = await stripe_service.deliver_body(body, signature)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_signature")


async def test_an_event_needs_no_content_type_and_no_token(stripe_service: StripeService) -> None:
    _, booking, event = await paid_but_undelivered(stripe_service)
    assert await stripe_service.deliver_event(event) == 200
    assert await status(stripe_service, booking) == "CONFIRMED"


async def test_an_unsigned_forged_or_altered_event_has_no_effect(
    stripe_service: StripeService,
) -> None:
    _, booking, event = await paid_but_undelivered(stripe_service)
    body, signature = stripe_service.sandbox.sign_event(event)
    for wrong in (None, "", "t=1,v1=00", signature[:-1], f"{signature}x".upper()):
        await assert_rejected(stripe_service, body, wrong)
    await assert_rejected(stripe_service, body + b" ", signature)
    await assert_rejected(stripe_service, body.replace(b"2000", b"2001"), signature)
    assert await status(stripe_service, booking) == "PENDING"


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_stale_or_future_signature_has_no_effect(
    stripe_service: StripeService, minutes: int
) -> None:
    _, booking, event = await paid_but_undelivered(stripe_service)
    body, _ = stripe_service.sandbox.sign_event(event)
    at = stripe_service.service.clock.now().timestamp() + 60 * minutes
    await assert_rejected(stripe_service, body, stripe_service.sandbox.sign(body, at=at))
    assert await status(stripe_service, booking) == "PENDING"


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"\0", b"null", b"[]", b"{}", b'"x"', b"[" * 100_000, b"1e1000000"]
)
async def test_signed_bytes_that_are_no_event_are_rejected(
    stripe_service: StripeService, body: bytes
) -> None:
    await assert_rejected(stripe_service, body, stripe_service.sandbox.sign(body))


@pytest.mark.parametrize(
    "changes", [{"amount_total": 1999}, {"currency": "eur"}, {"livemode": True}], ids=str
)
async def test_an_unrequested_payment_confirms_nothing_and_is_logged_as_an_error(
    stripe_service: StripeService, changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    _, booking, event = await paid_but_undelivered(stripe_service)
    data = {"object": event["data"]["object"] | changes}
    livemode = {"livemode": changes.get("livemode", False)}
    assert await stripe_service.deliver_event(event | livemode | {"data": data}) == 200
    assert await status(stripe_service, booking) == "PENDING"
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    report = await stripe_service.container.use_cases().check_ledger()
    assert (report.agrees, report.entries) == (True, 0)


async def test_an_event_of_an_unhandled_type_is_accepted(stripe_service: StripeService) -> None:
    _, _, event = await paid_but_undelivered(stripe_service)
    assert (
        await stripe_service.deliver_event(event | {"id": "evt_other", "type": "product.created"})
        == 200
    )


async def test_many_deliveries_of_one_event_have_one_effect(stripe_service: StripeService) -> None:
    ada, booking, event = await paid_but_undelivered(stripe_service)
    responses = await asyncio.gather(*(stripe_service.deliver_event(event) for _ in range(32)))
    assert set(responses) <= {200, 503}
    assert await stripe_service.deliver_event(event) == 200
    paid = await stripe_service.booking(ada, booking)
    assert (paid["status"], paid["paid_usd"]) == ("CONFIRMED", "20.00")
    report = await stripe_service.container.use_cases().check_ledger()
    assert report.agrees
    assert report.entries == 1


async def test_a_body_that_is_too_large_is_rejected(service: Service) -> None:
    response = await service.anonymous.post(WEBHOOK, content=b"x" * (1024 * 1024 + 1))
    assert response.status_code == 413


async def test_without_a_webhook_secret_no_event_is_accepted(service: Service) -> None:
    await service.anonymous.expect_problem(
        503, "payments_not_configured", "POST", WEBHOOK, content=b"x"
    )
