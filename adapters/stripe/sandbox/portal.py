"""The customer portal: where a member ends a plan or switches it."""

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.failures import missing
from adapters.stripe.sandbox.forms import Params

KIND = "billing_portal.session"
PORTAL_PARAMS = frozenset({"customer", "return_url", "locale", "configuration", "expand"})


def create_portal_session(account: Account, params: Params) -> Json:
    """`POST /v1/billing_portal/sessions`."""
    params.allow(PORTAL_PARAMS)
    if params.text("customer") is None:
        raise missing("customer")
    customer = account.find("customer", params.required("customer"), "customer")
    session = account.add(
        KIND,
        "bps",
        {
            "configuration": "bpc_sandbox",
            "customer": customer["id"],
            "flow": None,
            "locale": params.text("locale"),
            "on_behalf_of": None,
            "return_url": params.address("return_url"),
        },
    )
    session["url"] = f"{account.url}/portal/{session['id']}"
    return session


def subscriptions_of(account: Account, session: Json) -> list[Json]:
    """What the member sees there."""
    return [
        subscription
        for subscription in account.all("subscription")
        if subscription["customer"] == session["customer"] and subscription["status"] != "canceled"
    ]
