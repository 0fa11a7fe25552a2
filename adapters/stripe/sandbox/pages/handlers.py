"""Serves the hosted pages: shows them, handles their forms, and redirects back."""

from urllib.parse import parse_qsl

from anyio import to_thread

from adapters.stripe.sandbox.account import Json
from adapters.stripe.sandbox.asgi import (
    Receive,
    Scope,
    Send,
    read_body,
    send_page,
    send_redirect,
)
from adapters.stripe.sandbox.errors import ApiError
from adapters.stripe.sandbox.pages.templates import (
    DECLINED_CARD,
    VALID_CARD,
    checkout_page,
    message_page,
    portal_page,
)
from adapters.stripe.sandbox.resources.checkout_sessions import KIND as CHECKOUT_SESSION
from adapters.stripe.sandbox.resources.checkout_sessions import line_items_of
from adapters.stripe.sandbox.resources.payment_intents import DECLINED
from adapters.stripe.sandbox.resources.portal_sessions import KIND as PORTAL_SESSION
from adapters.stripe.sandbox.resources.portal_sessions import subscriptions_of
from adapters.stripe.sandbox.resources.prices import PLAN_PRICES
from adapters.stripe.sandbox.sandbox import Sandbox

_WEBHOOK_WAIT_SECONDS = 5.0
"""Like Stripe, the page redirects once the webhook has answered, or after this time."""
_MAX_FORM_FIELDS = 20


async def handle_checkout_page(
    sandbox: Sandbox, scope: Scope, receive: Receive, send: Send
) -> None:
    """Serve `/pay/{session}`."""
    session_id = scope["path"].removeprefix("/pay/")
    try:
        session = sandbox.get(CHECKOUT_SESSION, session_id)
    except ApiError:
        await send_page(send, 404, message_page("This checkout does not exist."))
        return
    if session["status"] != "open":
        await send_page(send, 410, message_page(f"This checkout is {session['status']}."))
        return
    error = None
    if scope["method"] == "POST":
        error = _submit_payment(sandbox, session_id, await _read_form(receive))
        if error is None:
            await to_thread.run_sync(_wait_for_webhook, sandbox)
            await send_redirect(send, _success_url(session))
            return
    with sandbox.account.lock:
        page = checkout_page(session, line_items_of(sandbox.account, session), error)
    await send_page(send, 200 if error is None else 402, page)


async def handle_portal_page(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve `/portal/{session}`."""
    try:
        session = sandbox.get(PORTAL_SESSION, scope["path"].removeprefix("/portal/"))
    except ApiError:
        await send_page(send, 404, message_page("This portal session does not exist."))
        return
    if scope["method"] == "POST":
        _change_subscription(sandbox, session, await _read_form(receive))
        await send_redirect(send, session["url"])
        return
    plans = [(price, name, amount) for price, (name, amount) in PLAN_PRICES.items()]
    with sandbox.account.lock:
        page = portal_page(session, subscriptions_of(sandbox.account, session), plans)
    await send_page(send, 200, page)


def _submit_payment(sandbox: Sandbox, session_id: str, form: dict[str, str]) -> str | None:
    """Pay as the form says. Returns an error message, or None."""
    try:
        if form.get("action") == "pay_later":
            sandbox.start_async_payment(session_id)
            return None
        card = "".join(form.get("card", "").split())
        if card == DECLINED_CARD:
            sandbox.decline(session_id)
            return DECLINED
        if card != VALID_CARD:
            return "Your card number is invalid."
        sandbox.pay(session_id)
    except ApiError as error:
        return error.message
    return None


def _change_subscription(sandbox: Sandbox, session: Json, form: dict[str, str]) -> None:
    """Change a subscription of the session's customer; any other id is ignored."""
    with sandbox.account.lock:
        own_ids = {
            subscription["id"] for subscription in subscriptions_of(sandbox.account, session)
        }
    subscription_id, action = form.get("subscription", ""), form.get("action")
    if subscription_id not in own_ids:
        return
    if action == "switch" and form.get("price") in PLAN_PRICES:
        sandbox.switch_plan(subscription_id, form["price"])
    elif action in {"end", "keep"}:
        sandbox.cancel_at_period_end(subscription_id, is_ending=action == "end")


def _success_url(session: Json) -> str:
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _wait_for_webhook(sandbox: Sandbox) -> None:
    try:
        sandbox.deliveries.wait_until_idle(_WEBHOOK_WAIT_SECONDS)
    except TimeoutError:
        return


async def _read_form(receive: Receive) -> dict[str, str]:
    body = await read_body(receive) or b""
    return dict(parse_qsl(body.decode(errors="replace"), max_num_fields=_MAX_FORM_FIELDS))
