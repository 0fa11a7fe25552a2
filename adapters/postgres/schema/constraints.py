"""The names of the constraints that concurrent units of work can violate.

A violation means that another unit of work was faster, so this one is Stale.
"""

ONE_BOOKING_PER_DESK = "bookings_one_per_desk"
ONE_USER_PER_EMAIL = "users_one_per_email"
ONE_MEMBER_PER_USER = "members_one_per_user"
ONE_LIVE_SUBSCRIPTION_PER_MEMBER = "subscriptions_one_live_per_member"
ONE_LOG_PER_BOOKING = "occupancy_logs_one_per_booking"
ONE_USE_PER_TOKEN = "used_refresh_tokens_pkey"  # noqa: S105 - the name of a constraint
ONE_SESSION_PER_HASH = "refresh_sessions_one_per_token"
ONE_RESET_PER_HASH = "password_resets_one_per_token"
ONE_FEED_PER_HASH = "calendar_feeds_one_per_token"
ONE_INVOICE_PER_BOOKING = "invoices_one_per_booking"
ONE_MEMBER_PER_STRIPE_CUSTOMER = "members_one_per_stripe_customer"
ONE_PER_STRIPE_SUBSCRIPTION = "subscriptions_one_per_stripe_subscription"
ONE_CHECKOUT_PER_BOOKING = "checkouts_one_current_per_booking"
ONE_PLAN_CHECKOUT_PER_USER = "checkouts_one_current_plan_per_user"
ONE_ENTRY_PER_SOURCE = "ledger_entries_one_per_source"
ONE_INVOICE_PER_NUMBER = "invoices_one_per_number"
ONE_PER_ID = frozenset(
    {
        "audit_log_pkey",
        "bookings_pkey",
        "checkouts_pkey",
        "ledger_entries_pkey",
        "provider_payments_pkey",
        "stripe_events_pkey",
        "invoices_pkey",
        "members_pkey",
        "occupancy_logs_pkey",
        "refresh_sessions_pkey",
        "refunds_pkey",
        "space_history_pkey",
        "spaces_pkey",
        "subscriptions_pkey",
        "users_pkey",
    }
)

CONCURRENCY_CONSTRAINTS = ONE_PER_ID | frozenset(
    {
        ONE_BOOKING_PER_DESK,
        ONE_USER_PER_EMAIL,
        ONE_MEMBER_PER_USER,
        ONE_LIVE_SUBSCRIPTION_PER_MEMBER,
        ONE_LOG_PER_BOOKING,
        ONE_USE_PER_TOKEN,
        ONE_SESSION_PER_HASH,
        ONE_RESET_PER_HASH,
        ONE_FEED_PER_HASH,
        ONE_INVOICE_PER_BOOKING,
        ONE_MEMBER_PER_STRIPE_CUSTOMER,
        ONE_PER_STRIPE_SUBSCRIPTION,
        ONE_CHECKOUT_PER_BOOKING,
        ONE_PLAN_CHECKOUT_PER_USER,
        ONE_ENTRY_PER_SOURCE,
        ONE_INVOICE_PER_NUMBER,
    }
)
