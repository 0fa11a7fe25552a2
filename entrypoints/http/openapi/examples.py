"""Examples of request and response bodies. They share one user, space and booking."""

from typing import Any

_ADA = "019cad60-3a40-7c11-8f3e-5a2b9d0c4e71"
_ROOM = "019c2f07-1b80-7a52-9c44-0d6e8f1a2b3c"
_BOOKING = "019cad61-9e08-7d23-a5b6-7c8d9e0f1a2b"
_INVOICE = "019cad61-9e0a-7e45-b7c8-9d0e1f2a3b4c"
_PASSWORD = "nine green umbrellas"  # noqa: S105 - an example
_PAGE = "https://checkout.stripe.com/c/pay/cs_test_a1b2c3"
_START, _END = "2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z"

_USER = {
    "id": _ADA,
    "email": "ada@example.com",
    "full_name": "Ada Example",
    "role": "MEMBER",
    "is_active": True,
    "phone": None,
    "company": "Example Ltd",
    "locale": "en",
    "reminders": True,
    "created_at": "2026-03-01T14:20:00Z",
}
_SPACE = {
    "id": _ROOM,
    "name": "Maple Room",
    "description": "On the second floor, with a view of the yard.",
    "space_type": "MEETING_ROOM",
    "capacity": 6,
    "hourly_rate": "18.00",
    "daily_rate": "110.00",
    "monthly_rate": None,
    "amenities": ["screen", "whiteboard"],
    "opening_hours": {"monday": [["08:00", "20:00"]], "tuesday": [["08:00", "20:00"]]},
    "is_active": True,
    "version": 3,
    "created_at": "2026-02-05T09:00:00Z",
    "updated_at": "2026-02-20T16:45:00Z",
}
_HELD = {
    "id": _BOOKING,
    "user_id": _ADA,
    "space_id": _ROOM,
    "desk": 1,
    "start_time": _START,
    "end_time": _END,
    "status": "PENDING",
    "amount_usd": "36.00",
    "paid_usd": "0.00",
    "refunded_usd": "0.00",
    "covered_by_plan": False,
    "notes": "We need the screen.",
    "hold_expires_at": "2026-03-01T14:40:30Z",
    "checked_in_at": None,
    "checked_out_at": None,
    "cancelled_at": None,
    "cancel_reason": None,
    "version": 1,
    "created_at": "2026-03-01T14:25:30Z",
    "updated_at": "2026-03-01T14:25:30Z",
}
_PAID = {
    "id": _INVOICE,
    "number": "2026-000042",
    "user_id": _ADA,
    "booking_id": _BOOKING,
    "subscription_id": None,
    "amount_usd": "36.00",
    "refunded_usd": "0.00",
    "status": "PAID",
    "description": "Maple Room, 2 March 2026, 08:00 to 10:00",
    "issued_at": "2026-03-01T14:27:10Z",
    "paid_at": "2026-03-01T14:27:10Z",
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "SignUp": {"email": "ada@example.com", "password": _PASSWORD, "full_name": "Ada Example"},
    "LogIn": {"email": "ada@example.com", "password": _PASSWORD},
    "User": _USER,
    "Session": {
        "access_token": "<access token>",
        "refresh_token": "019cad60-3a45.b0c1d2e3f4",
        "token_type": "Bearer",
        "expires_in": 900,
        "user": _USER,
    },
    "Space": _SPACE,
    "SpaceList": {"items": [_SPACE], "next_cursor": None},
    "Availability": {
        "space_id": _ROOM,
        "start_time": _START,
        "end_time": "2026-03-02T12:00:00Z",
        "is_available": False,
        "free": [{"start_time": _START, "end_time": _END, "desks_free": 1}],
        "busy": [{"start_time": _END, "end_time": "2026-03-02T12:00:00Z"}],
    },
    "CreateBooking": {
        "space_id": _ROOM,
        "start_time": _START,
        "end_time": _END,
        "notes": "We need the screen.",
    },
    "ChangeBooking": {"start_time": "2026-03-02T13:00:00Z", "end_time": "2026-03-02T15:00:00Z"},
    "CancelBooking": {"reason": "The meeting is off."},
    "Booking": _HELD,
    "BookingList": {"items": [_HELD], "next_cursor": None},
    "Quote": {
        "amount_usd": "36.00",
        "covered_by_plan": False,
        "lines": [
            {"unit": "hour", "quantity": "2", "unit_price_usd": "18.00", "amount_usd": "36.00"}
        ],
        "available": True,
    },
    "Checkout": {"booking_id": _BOOKING},
    "OpenedCheckout": {
        "checkout_url": _PAGE,
        "session_id": "cs_test_a1b2c3",
        "expires_at": "2026-03-01T14:57:00Z",
    },
    "Portal": {"portal_url": "https://billing.stripe.com/p/session/test_a1b2c3"},
    "GetBillingStatus": {
        "has_subscription": True,
        "plan_type": "HOT_DESK",
        "status": "ACTIVE",
        "current_period_start": "2026-03-01T14:30:00Z",
        "current_period_end": "2026-04-01T14:30:00Z",
        "cancel_at_period_end": False,
    },
    "Invoice": _PAID,
    "InvoiceList": {"items": [_PAID], "next_cursor": None},
    "CalendarFeed": {"feed_url": "https://api.example.com/calendar/Zm9yLWFkYS1vbmx5.ics"},
}
"""By the public name of the schema."""
