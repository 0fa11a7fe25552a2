"""Customer portal sessions: `/v1/billing_portal/sessions`."""

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import missing_param
from adapters.stripe.sandbox.params import Params

KIND = "billing_portal.session"
PORTAL_PARAMS = frozenset({"customer", "return_url", "locale", "configuration", "expand"})


def create_portal_session(account: SandboxAccount, params: Params) -> Json:
    """`POST /v1/billing_portal/sessions`."""
    params.allow(PORTAL_PARAMS)
    if params.string("customer") is None:
        raise missing_param("customer")
    customer = account.retrieve("customer", params.required("customer"), "customer")
    session = account.add(
        KIND,
        "bps",
        {
            "configuration": "bpc_sandbox",
            "customer": customer["id"],
            "flow": None,
            "locale": params.string("locale"),
            "on_behalf_of": None,
            "return_url": params.url("return_url"),
        },
    )
    session["url"] = f"{account.url}/portal/{session['id']}"
    return session


def subscriptions_of(account: SandboxAccount, session: Json) -> list[Json]:
    """Return the subscriptions that the portal shows: the customer's, unless canceled."""
    return [
        subscription
        for subscription in account.all("subscription")
        if subscription["customer"] == session["customer"] and subscription["status"] != "canceled"
    ]
