"""Tables of accounts, sessions, rate limits, audit entries, feeds and idempotency keys."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.schema import constraints
from adapters.postgres.schema.types import (
    foreign_key,
    id_column,
    metadata,
    time_column,
    user_locale,
    user_role,
    version_column,
)

users = sa.Table(
    "users",
    metadata,
    id_column(),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("role", user_role, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("locale", user_locale, nullable=False),
    sa.Column("reminders", sa.Boolean, nullable=False),
    version_column(),
    time_column("created_at"),
    time_column("updated_at"),
    sa.Column("credentials_version", sa.Integer, nullable=False),
    # `search_key` of address and name, so that Python alone decides how text is folded.
    sa.Column("search_text", sa.Text, nullable=False),
    sa.UniqueConstraint("email", name=constraints.ONE_USER_PER_EMAIL),
    sa.CheckConstraint("email <> '' AND length(email) <= 254", name="users_email_is_bounded"),
)

members = sa.Table(
    "members",
    metadata,
    id_column(),
    sa.Column("user_id", foreign_key("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("company", sa.Text),
    sa.Column("stripe_customer_id", sa.Text),
    version_column(),
    time_column("created_at"),
    time_column("updated_at"),
    sa.UniqueConstraint("user_id", name=constraints.ONE_MEMBER_PER_USER),
    sa.UniqueConstraint("stripe_customer_id", name=constraints.ONE_MEMBER_PER_STRIPE_CUSTOMER),
)

refresh_sessions = sa.Table(
    "refresh_sessions",
    metadata,
    id_column(),
    sa.Column("user_id", foreign_key("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("user_agent", sa.Text),
    sa.Column("client_address", sa.Text),
    time_column("created_at"),
    time_column("last_used_at"),
    time_column("expires_at"),
    sa.Column("credentials_version", sa.Integer, nullable=False),
    version_column(),
    time_column("ended_at", nullable=True),
    sa.UniqueConstraint("token_hash", name=constraints.ONE_SESSION_PER_HASH),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="refresh_sessions_token_is_hashed"),
    sa.CheckConstraint("expires_at > created_at", name="refresh_sessions_expire_after_start"),
)

used_refresh_tokens = sa.Table(
    "used_refresh_tokens",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column(
        "session_id",
        foreign_key("refresh_sessions.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="used_refresh_tokens_token_is_hashed"),
)

password_resets = sa.Table(
    "password_resets",
    metadata,
    sa.Column("user_id", foreign_key("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("credentials_version", sa.Integer, nullable=False),
    time_column("expires_at"),
    sa.UniqueConstraint("token_hash", name=constraints.ONE_RESET_PER_HASH),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="password_resets_token_is_hashed"),
)

throttles = sa.Table(
    "throttles",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    time_column("window_ends_at"),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("open", sa.Integer, nullable=False),
    sa.CheckConstraint("failed >= 0 AND open >= 0", name="throttles_counts_are_not_negative"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    id_column(),
    time_column("at"),
    sa.Column("event", sa.Text, nullable=False),
    # No foreign keys: the log outlives its subjects, and entries without a user cost the same.
    sa.Column("actor_id", sa.Uuid),
    sa.Column("subject_id", sa.Uuid),
    sa.Column("client_address", sa.Text),
    sa.Column("details", pg.JSONB, nullable=False),
    sa.Index("audit_log_at_idx", "at", "id"),
    sa.Index("audit_log_actor_id_at_idx", "actor_id", "at", "id"),
    sa.Index("audit_log_subject_id_at_idx", "subject_id", "at", "id"),
    sa.Index("audit_log_event_at_idx", "event", "at", "id"),
)

calendar_feeds = sa.Table(
    "calendar_feeds",
    metadata,
    sa.Column("user_id", foreign_key("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    time_column("created_at"),
    sa.UniqueConstraint("token_hash", name=constraints.ONE_FEED_PER_HASH),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="calendar_feeds_token_is_hashed"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("user_id", foreign_key("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", pg.JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    time_column("answered_at"),
    sa.CheckConstraint("length(key) BETWEEN 1 AND 255", name="idempotency_keys_length_is_bounded"),
    sa.CheckConstraint(
        "octet_length(fingerprint) = 32", name="idempotency_keys_fingerprint_is_a_hash"
    ),
    sa.Index("idempotency_keys_answered_at_idx", "answered_at"),
)
