"""Payments over HTTP, from the hosted page and the webhook to bookings and invoices."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from adapters.stripe.sandbox import FaultKind
from tests.http.service import Service
from tests.http.stripe_service import StripeService

CHECKOUT = "/api/billing/checkout"
PORTAL = "/api/billing/portal"
UNKNOWN_ID = "0190a0d0-0000-7000-8000-000000000000"
A_PLAN = {"plan_type": "HOT_DESK"}


async def test_a_booking_is_confirmed_once_it_is_paid(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    assert booking["status"] == "PENDING"
    opened = await stripe_service.open_checkout(ada, booking_id=booking["id"])
    held = await stripe_service.booking(ada, booking)
    assert held["hold_expires_at"] == opened["expires_at"]
    assert (await stripe_service.pay(opened)).status_code == 303
    assert await stripe_service.deliver_events()
    paid = await stripe_service.booking(ada, booking)
    assert (paid["status"], paid["paid_usd"], paid["hold_expires_at"]) == (
        "CONFIRMED",
        "20.00",
        None,
    )


async def test_a_paid_booking_has_a_numbered_invoice_and_its_document(
    stripe_service: StripeService,
) -> None:
    ada = await stripe_service.service.a_person()
    booking = await stripe_service.add_paid_booking(ada)
    [invoice] = await stripe_service.invoices(ada)
    assert (invoice["status"], invoice["number"]) == ("PAID", "2026-000001")
    assert (invoice["booking_id"], invoice["amount_usd"]) == (booking["id"], "20.00")
    path = f"/api/billing/invoices/{invoice['id']}"
    assert await ada.expect(200, "GET", path) == invoice
    response = await ada.get(f"{path}.pdf")
    assert response.headers["content-type"] == "application/pdf"
    text = PdfReader(BytesIO(response.content)).pages[0].extract_text()
    assert "2026-000001" in text
    assert ada.session["user"]["full_name"] in text


async def test_an_invoice_of_another_user_is_not_found(stripe_service: StripeService) -> None:
    ada, bob = await stripe_service.service.a_person(), await stripe_service.service.a_person()
    await stripe_service.add_paid_booking(ada)
    [invoice] = await stripe_service.invoices(ada)
    assert await stripe_service.invoices(bob) == []
    assert await stripe_service.invoices(bob, f"?user_id={ada.id}") == []
    for suffix in ("", ".pdf"):
        await bob.expect_problem(
            404, "not_found", "GET", f"/api/billing/invoices/{invoice['id']}{suffix}"
        )


async def test_admins_see_and_filter_all_invoices(stripe_service: StripeService) -> None:
    ada, admin = await stripe_service.service.a_person(), await stripe_service.service.an_admin()
    await stripe_service.add_paid_booking(ada)
    assert len(await stripe_service.invoices(admin)) == 1
    assert len(await stripe_service.invoices(admin, f"?user_id={ada.id}&status=PAID")) == 1
    assert await stripe_service.invoices(admin, "?status=OPEN") == []
    assert await stripe_service.invoices(admin, f"?user_id={admin.id}") == []


@pytest.mark.parametrize(
    "name", ["nothing", "nothing.pdf", f"{UNKNOWN_ID}.pdf", f"{UNKNOWN_ID}.txt"]
)
async def test_an_unknown_invoice_is_not_found(service: Service, name: str) -> None:
    ada = await service.a_person()
    await ada.expect_problem(404, "not_found", "GET", f"/api/billing/invoices/{name}")


async def test_a_declined_card_pays_nothing(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    opened = await stripe_service.open_checkout(ada, booking_id=booking["id"])
    assert (await stripe_service.pay(opened, card="4000 0000 0000 0002")).status_code == 402
    await stripe_service.deliver_events()
    assert (await stripe_service.booking(ada, booking))["status"] == "PENDING"


async def test_a_subscribed_plan_covers_bookings(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    none = await ada.expect(200, "GET", "/api/billing/status")
    assert none == {
        "has_subscription": False,
        "plan_type": None,
        "status": None,
        "current_period_start": None,
        "current_period_end": None,
        "cancel_at_period_end": None,
    }
    await stripe_service.pay(await stripe_service.open_checkout(ada, plan_type="HOT_DESK"))
    assert set(await stripe_service.deliver_events()) == {200}
    status = await ada.expect(200, "GET", "/api/billing/status")
    assert (status["has_subscription"], status["plan_type"]) == (True, "HOT_DESK")
    assert status["status"] == "ACTIVE"
    zone = await stripe_service.service.a_space(space_type="HOT_DESK", name="Zone")
    booking = await ada.book(zone, 10, 12)
    assert (booking["covered_by_plan"], booking["status"]) == (True, "CONFIRMED")
    [invoice] = await stripe_service.invoices(ada)
    assert (invoice["status"], invoice["amount_usd"]) == ("PAID", "190.00")
    await ada.expect_problem(409, "already_subscribed", "POST", CHECKOUT, json=A_PLAN)


async def test_the_portal_opens_after_the_first_checkout(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    await ada.expect_problem(409, "no_customer", "POST", PORTAL)
    await stripe_service.open_checkout(ada, plan_type="HOT_DESK")
    opened = await ada.expect(200, "POST", PORTAL)
    assert opened["portal_url"].startswith(stripe_service.sandbox.url)


async def test_a_paid_or_free_booking_needs_no_checkout(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    paid = await stripe_service.add_paid_booking(ada)
    free = await ada.book(await stripe_service.service.a_space(hourly_rate="0"), 10, 11)
    for booking in (paid, free):
        body = {"booking_id": booking["id"]}
        await ada.expect_problem(409, "nothing_to_pay", "POST", CHECKOUT, json=body)


async def test_an_expired_hold_cannot_be_paid(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    stripe_service.service.set_time(9)
    body = {"booking_id": booking["id"]}
    await ada.expect_problem(409, "hold_expired", "POST", CHECKOUT, json=body)


async def test_a_booking_of_another_user_cannot_be_paid(stripe_service: StripeService) -> None:
    ada, bob = await stripe_service.service.a_person(), await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    body = {"booking_id": booking["id"]}
    await bob.expect_problem(404, "not_found", "POST", CHECKOUT, json=body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"plan_type": "PENTHOUSE"},
        {"plan_type": None},
        {"booking_id": "x"},
        {"plan_type": "HOT_DESK", "booking_id": UNKNOWN_ID},
        {"plan_type": "HOT_DESK", "coupon": "x"},
    ],
)
async def test_a_checkout_is_for_either_a_booking_or_a_plan(
    service: Service, body: dict[str, Any]
) -> None:
    ada = await service.a_person()
    await ada.expect_problem(400, "validation_error", "POST", CHECKOUT, json=body)


async def test_without_stripe_keys_payments_are_unavailable(paying_service: Service) -> None:
    ada = await paying_service.a_person()
    booking = await ada.book(await paying_service.a_space(), 34, 36)
    for body in (A_PLAN, {"booking_id": booking["id"]}):
        await ada.expect_problem(503, "payments_not_configured", "POST", CHECKOUT, json=body)
    await ada.expect_problem(503, "payments_not_configured", "POST", PORTAL)


@pytest.mark.parametrize("fault", [FaultKind.SERVER_ERROR, FaultKind.RESET_BEFORE])
async def test_a_checkout_that_stripe_rejects_leaves_nothing_half_done(
    stripe_service: StripeService, fault: FaultKind
) -> None:
    ada = await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    stripe_service.sandbox.add_fault(fault, "POST", "/v1/checkout/sessions", nth=1, times=100)
    body = {"booking_id": booking["id"]}
    await ada.expect_problem(502, "payment_provider_error", "POST", CHECKOUT, json=body)
    assert await stripe_service.booking(ada, booking) == booking
    stripe_service.sandbox.faults.clear()
    await stripe_service.pay(await stripe_service.open_checkout(ada, booking_id=booking["id"]))
    await stripe_service.deliver_events()
    assert (await stripe_service.booking(ada, booking))["status"] == "CONFIRMED"


async def test_a_keyed_checkout_is_opened_once(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    key = {"Idempotency-Key": "pay-once"}
    body = {"booking_id": booking["id"]}
    first = await ada.post(CHECKOUT, json=body, headers=key)
    again = await ada.post(CHECKOUT, json=body, headers=key)
    assert (first.status_code, first.content) == (200, again.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(stripe_service.sandbox.all("checkout.session")) == 1


async def test_a_cancelled_booking_is_refunded(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    booking = await stripe_service.add_paid_booking(ada)
    cancelled = await ada.expect(200, "POST", f"/api/bookings/{booking['id']}/cancel")
    assert cancelled["status"] == "CANCELLED"
    await stripe_service.run_task("send_refunds")
    assert (await stripe_service.booking(ada, booking))["refunded_usd"] == "20.00"
    [invoice] = await stripe_service.invoices(ada)
    assert invoice["refunded_usd"] == "20.00"
    assert stripe_service.sandbox.balance() == 0
    report = await stripe_service.container.use_cases().check_ledger()
    assert report.agrees


async def test_reading_a_booking_finds_its_payment(stripe_service: StripeService) -> None:
    ada = await stripe_service.service.a_person()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    await stripe_service.pay(await stripe_service.open_checkout(ada, booking_id=booking["id"]))
    # No webhook has arrived so far.
    stripe_service.service.set_time(8.2)
    assert (await stripe_service.booking(ada, booking))["status"] == "CONFIRMED"


async def test_with_all_webhooks_lost_the_worker_reaches_the_same_state(
    stripe_service: StripeService,
) -> None:
    ada, admin = await stripe_service.service.a_person(), await stripe_service.service.an_admin()
    booking = await ada.book(await stripe_service.service.a_space(), 34, 36)
    await stripe_service.pay(await stripe_service.open_checkout(ada, booking_id=booking["id"]))
    await stripe_service.pay(await stripe_service.open_checkout(ada, plan_type="HOT_DESK"))
    await stripe_service.run_task("reconcile_checkouts")
    await stripe_service.run_task("reconcile_subscriptions")
    page = await admin.expect(200, "GET", f"/api/bookings?user_id={ada.id}")
    assert [booking["status"] for booking in page["items"]] == ["CONFIRMED"]
    assert (await ada.expect(200, "GET", "/api/billing/status"))["status"] == "ACTIVE"
