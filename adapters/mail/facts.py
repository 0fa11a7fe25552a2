"""Facts: what templates may print, in words already, foreign text made harmless."""

from typing import Any

from adapters.mail.foreign_text import one_line
from adapters.mail.wording import Wording
from application.ports.mailer import AboutAccount, AboutBooking, AboutPlan
from application.spaces.delete_space import SPACE_CLOSED
from domain.subscriptions import Subscription


def facts(about: AboutAccount | AboutBooking | AboutPlan, wording: Wording) -> dict[str, Any]:
    """The facts of a mail by the names that templates know them by."""
    match about:
        case AboutAccount():
            return {"link": about.link}
        case AboutBooking():
            return _of_booking(about, wording)
        case AboutPlan():
            return _of_plan(about.plan, wording)


def _of_booking(about: AboutBooking, wording: Wording) -> dict[str, Any]:
    booking = about.booking
    space_closed = booking.cancel_reason == SPACE_CLOSED
    return {
        "space": one_line(about.space_name),
        "period": wording.period(booking.period),
        "price": wording.money(booking.amount) if booking.amount else None,
        "covered_by_plan": booking.covered_by_plan,
        "to_pay": wording.money(booking.amount) if booking.awaits_payment else None,
        "refund": wording.money(about.refund) if about.refund else None,
        "was_paid": bool(booking.paid),
        "lapsed": booking.lapsed,
        "space_closed": space_closed,
        "reason": one_line(booking.cancel_reason or "") if not space_closed else "",
    }


def _of_plan(plan: Subscription, wording: Wording) -> dict[str, Any]:
    return {
        "plan": plan.plan_type.value,
        "renewed_on": wording.day(plan.current_period.end),
        "ends_with_period": plan.cancel_at_period_end,
        "last_day": wording.last_day(plan.current_period.end),
    }
