"""The hosted pages over plain HTTP, as a browser without scripts uses them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from adapters.stripe.sandbox import PLAN_PRICES, Sandbox
from tests.stripe_sandbox.stripe_client import CANCEL_URL, create_plan_session, create_session
from tests.stripe_sandbox.webhook_receiver import WebhookReceiver


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, verify=False) as browser:
        yield browser


async def test_the_valid_card_pays_and_redirects_to_the_success_url(
    sandbox: Sandbox, client: Any, browser: httpx.AsyncClient, receiver: WebhookReceiver
) -> None:
    session = await create_session(client)
    page = await browser.get(session.url)
    assert "40.00 USD" in page.text

    response = await browser.post(
        session.url, data={"action": "pay", "card": "4242 4242 4242 4242"}
    )

    assert response.status_code == 303
    assert response.headers["location"] == f"https://house.test/paid?session={session.id}"
    assert sandbox.balance() == 4_000
    assert "checkout.session.completed" in receiver.types()


@pytest.mark.parametrize(
    "card, text", [("4000 0000 0000 0002", "declined"), ("1234", "number is invalid")]
)
async def test_another_card_does_not_pay(
    sandbox: Sandbox, client: Any, browser: httpx.AsyncClient, card: str, text: str
) -> None:
    session = await create_session(client)
    response = await browser.post(session.url, data={"action": "pay", "card": card})
    assert response.status_code == 402
    assert text in response.text
    assert sandbox.ledger() == []
    assert sandbox.get("checkout.session", session.id)["status"] == "open"


async def test_a_buyer_may_pay_asynchronously(
    sandbox: Sandbox, client: Any, browser: httpx.AsyncClient
) -> None:
    session = await create_session(client)
    response = await browser.post(session.url, data={"action": "pay_later"})
    assert response.status_code == 303
    assert sandbox.get("checkout.session", session.id)["payment_status"] == "unpaid"


async def test_the_page_escapes_text_and_links_to_the_cancel_url(
    client: Any, browser: httpx.AsyncClient
) -> None:
    page = await browser.get((await create_session(client)).url)
    assert "Desk &lt;1&gt;" in page.text
    assert f'href="{CANCEL_URL}"' in page.text
    assert "<script" not in page.text


async def test_a_paid_session_is_not_paid_again(
    sandbox: Sandbox, client: Any, browser: httpx.AsyncClient
) -> None:
    session = await create_session(client)
    sandbox.pay(session.id)
    response = await browser.post(session.url, data={"action": "pay", "card": "4242424242424242"})
    assert response.status_code == 410
    assert sandbox.balance() == 4_000


async def test_an_unknown_session_has_no_page(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    assert (await browser.get(f"{sandbox.url}/pay/cs_test_none")).status_code == 404
    assert (await browser.get(f"{sandbox.url}/portal/bps_none")).status_code == 404


async def test_the_portal_switches_and_cancels_the_plan(
    sandbox: Sandbox, client: Any, browser: httpx.AsyncClient
) -> None:
    hot_desk, _, private_office = PLAN_PRICES
    session = sandbox.pay((await create_plan_session(client, hot_desk)).id)
    portal = await client.billing_portal.sessions.create_async(
        {"customer": session["customer"], "return_url": CANCEL_URL}
    )
    assert f'href="{CANCEL_URL}"' in (await browser.get(portal.url)).text

    form = {"subscription": session["subscription"]}
    await browser.post(portal.url, data=form | {"action": "switch", "price": private_office})
    await browser.post(portal.url, data=form | {"action": "end"})

    subscription = sandbox.get("subscription", session["subscription"])
    assert subscription["items"]["data"][0]["price"]["id"] == private_office
    assert subscription["cancel_at_period_end"] is True


async def test_the_portal_does_not_change_the_plan_of_another_customer(
    sandbox: Sandbox, client: Any, browser: httpx.AsyncClient
) -> None:
    session = sandbox.pay((await create_plan_session(client, next(iter(PLAN_PRICES)))).id)
    other = await client.customers.create_async({"email": "eve@house.test"})
    portal = await client.billing_portal.sessions.create_async({"customer": other.id})
    await browser.post(portal.url, data={"subscription": session["subscription"], "action": "end"})
    assert not sandbox.get("subscription", session["subscription"])["cancel_at_period_end"]
