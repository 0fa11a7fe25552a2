"""The hosted pages over HTTP: show them, take what their forms send, and lead back."""

from urllib.parse import parse_qsl

from anyio import to_thread

from adapters.stripe.sandbox import checkout, portal
from adapters.stripe.sandbox.account import Json
from adapters.stripe.sandbox.catalog import PLAN_PRICES
from adapters.stripe.sandbox.failures import ApiError
from adapters.stripe.sandbox.pages import (
    GOOD_CARD,
    REFUSED_CARD,
    checkout_page,
    message_page,
    portal_page,
)
from adapters.stripe.sandbox.payments import DECLINED
from adapters.stripe.sandbox.sandbox import Sandbox
from adapters.stripe.sandbox.wire import (
    Receive,
    Scope,
    Send,
    body_of,
    send_page,
    send_redirect,
)

_WEBHOOK_WAIT = 5.0
"""As Stripe does, the page leads back only when the webhook has been told, or after a while."""


async def show_checkout(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    """`/pay/{session}`."""
    session_id = scope["path"].removeprefix("/pay/")
    try:
        session = sandbox.get(checkout.KIND, session_id)
    except ApiError:
        await send_page(send, 404, message_page("There is no such checkout."))
        return
    if session["status"] != "open":
        await send_page(send, 410, message_page(f"This checkout is {session['status']}."))
        return
    error = None
    if scope["method"] == "POST":
        error = _submitted(sandbox, session_id, await _form(receive))
        if error is None:
            await to_thread.run_sync(_let_settle, sandbox)
            await send_redirect(send, _success_url(session))
            return
    with sandbox.account.lock:
        page = checkout_page(session, checkout.line_items(sandbox.account, session), error)
    await send_page(send, 200 if error is None else 402, page)


async def show_portal(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    """`/portal/{session}`."""
    try:
        session = sandbox.get(portal.KIND, scope["path"].removeprefix("/portal/"))
    except ApiError:
        await send_page(send, 404, message_page("There is no such portal session."))
        return
    if scope["method"] == "POST":
        _change_plan(sandbox, session, await _form(receive))
        await send_redirect(send, session["url"])
        return
    plans = [(price, name, amount) for price, (name, amount) in PLAN_PRICES.items()]
    with sandbox.account.lock:
        page = portal_page(session, portal.subscriptions_of(sandbox.account, session), plans)
    await send_page(send, 200, page)


def _submitted(sandbox: Sandbox, session_id: str, form: dict[str, str]) -> str | None:
    """Do what the buyer chose; what is wrong with it, if anything."""
    try:
        if form.get("action") == "pay_later":
            sandbox.pay_later(session_id)
            return None
        card = "".join(form.get("card", "").split())
        if card == REFUSED_CARD:
            sandbox.decline(session_id)
            return DECLINED
        if card != GOOD_CARD:
            return "Your card number is invalid."
        sandbox.pay(session_id)
    except ApiError as error:
        return error.message
    return None


def _change_plan(sandbox: Sandbox, session: Json, form: dict[str, str]) -> None:
    with sandbox.account.lock:
        own = {one["id"] for one in portal.subscriptions_of(sandbox.account, session)}
    wanted, action = form.get("subscription", ""), form.get("action")
    if wanted not in own:
        return
    if action == "switch" and form.get("price") in PLAN_PRICES:
        sandbox.switch_plan(wanted, form["price"])
    elif action in {"end", "keep"}:
        sandbox.cancel_at_period_end(wanted, is_ending=action == "end")


def _success_url(session: Json) -> str:
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _let_settle(sandbox: Sandbox) -> None:
    try:
        sandbox.deliveries.settle(_WEBHOOK_WAIT)
    except TimeoutError:
        return


async def _form(receive: Receive) -> dict[str, str]:
    body = await body_of(receive) or b""
    return dict(parse_qsl(body.decode(errors="replace"), max_num_fields=20))
