"""HTML of the checkout page and the portal: plain forms, no scripts, no external resources."""

from html import escape

from adapters.stripe.sandbox.account import Json

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f3f4f6; color: #1f2937; }
main { max-width: 26rem; margin: 3rem auto; padding: 2rem; background: #fff; border-radius: 12px;
  box-shadow: 0 1px 8px #0002; }
h1 { font-size: 1.25rem; margin: 0 0 1rem; }
.amount { font-size: 2rem; font-weight: 600; margin: 0 0 1rem; }
.note { color: #6b7280; font-size: .875rem; }
.error { background: #fef2f2; color: #991b1b; padding: .5rem .75rem; border-radius: 8px; }
label { display: block; margin: .75rem 0; }
input, select { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem;
  border: 1px solid #d1d5db; border-radius: 8px; }
button { font: inherit; width: 100%; padding: .65rem; margin-top: .5rem; border: 0;
  border-radius: 8px; background: #4338ca; color: #fff; cursor: pointer; }
button.quiet { background: #e5e7eb; color: #1f2937; }
a { color: #4338ca; }
"""

VALID_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"


def checkout_page(session: Json, line_items: list[Json], error: str | None = None) -> str:
    """Return the page of an open checkout session, with an error message if there is one."""
    lines = "".join(
        f"<p>{item['quantity']} &times; {escape(item['description'])}</p>" for item in line_items
    )
    interval = " a month" if session["mode"] == "subscription" else ""
    alert = "" if error is None else f'<p class="error" role="alert">{escape(error)}</p>'
    return _page(
        "Pay",
        f"""<h1>Checkout</h1>{lines}
<p class="amount">{_money(session["amount_total"], session["currency"])}{interval}</p>{alert}
<form method="post">
<label>Card number
<input name="card" value="4242 4242 4242 4242" inputmode="numeric" autocomplete="off"></label>
<button id="pay" name="action" value="pay">Pay</button>
<button id="pay-later" class="quiet" name="action" value="pay_later">
Pay by bank debit (completes later)</button>
</form>{_link("cancel", session["cancel_url"], "Cancel")}
<p class="note">A test page: no money moves. 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is
declined.</p>""",
    )


def portal_page(session: Json, subscriptions: list[Json], plans: list[tuple[str, str, int]]) -> str:
    """Return the page of a customer's subscriptions, each with a form to switch or cancel it.

    `plans` are price id, name and monthly amount in cents.
    """
    forms = "".join(_subscription_form(subscription, plans) for subscription in subscriptions)
    return_link = _link("return", session["return_url"], "Go back")
    return _page(
        "Your plan",
        f"<h1>Your plan</h1>{forms or '<p>You have no plan.</p>'}{return_link}"
        '<p class="note">A test page: no money moves.</p>',
    )


def message_page(text: str) -> str:
    """Return a page with a single message."""
    return _page("Checkout", f"<h1>{escape(text)}</h1>")


def _subscription_form(subscription: Json, plans: list[tuple[str, str, int]]) -> str:
    current = subscription["items"]["data"][0]["price"]["id"]
    options = "".join(
        f'<option value="{escape(price)}"{" selected" if price == current else ""}>'
        f"{escape(name)}, {_money(amount, 'usd')} a month</option>"
        for price, name, amount in plans
    )
    is_ending = subscription["cancel_at_period_end"]
    action, label = ("keep", "Keep the plan") if is_ending else ("end", "Cancel at period end")
    return f"""<form method="post">
<input type="hidden" name="subscription" value="{escape(subscription["id"])}">
<p>{"Ends with the current period." if is_ending else "Renews monthly."}</p>
<label>Plan <select name="price">{options}</select></label>
<button name="action" value="switch">Switch the plan</button>
<button class="quiet" name="action" value="{action}">{label}</button></form>"""


def _link(element_id: str, url: str | None, text: str) -> str:
    return "" if url is None else f'<p><a id="{element_id}" href="{escape(url)}">{text}</a></p>'


def _money(amount: int, currency: str) -> str:
    return f"{amount // 100:,}.{amount % 100:02d} {escape(currency.upper())}"


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - Stripe sandbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_STYLE}</style></head><body><main>{body}</main></body></html>"""
