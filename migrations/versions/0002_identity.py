"""Identity: revocable sessions, password resets, rate limits, and the audit log.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AUDIT_INDEXES = {
    "audit_log_at_idx": ["at", "id"],
    "audit_log_actor_id_at_idx": ["actor_id", "at", "id"],
    "audit_log_subject_id_at_idx": ["subject_id", "at", "id"],
    "audit_log_event_at_idx": ["event", "at", "id"],
}


def upgrade() -> None:
    """Upgrade to this revision."""
    _add_column("users", sa.Column("credentials_version", sa.Integer(), nullable=False), "1")
    _add_column("users", sa.Column("search_text", sa.Text(), nullable=False), "''")
    # An account gets its exact search text, without accents, when it is next stored.
    op.execute("UPDATE users SET search_text = lower(email || ' ' || full_name)")
    _add_column(
        "refresh_sessions", sa.Column("credentials_version", sa.Integer(), nullable=False), "1"
    )
    _add_column("refresh_sessions", sa.Column("version", sa.Integer(), nullable=False), "1")
    op.add_column(
        "refresh_sessions", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "used_refresh_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name="used_refresh_tokens_token_is_hashed"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["refresh_sessions.id"],
            name="used_refresh_tokens_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name="used_refresh_tokens_pkey"),
    )
    op.create_index(
        "used_refresh_tokens_session_id_idx", "used_refresh_tokens", ["session_id"], unique=False
    )
    op.create_table(
        "password_resets",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("credentials_version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(token_hash) = 32", name="password_resets_token_is_hashed"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="password_resets_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="password_resets_pkey"),
        sa.UniqueConstraint("token_hash", name="password_resets_one_per_token"),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.CheckConstraint("failed >= 0 AND open >= 0", name="throttles_counts_are_not_negative"),
        sa.PrimaryKeyConstraint("key", name="throttles_pkey"),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("client_address", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_log_pkey"),
    )
    for name, columns in AUDIT_INDEXES.items():
        op.create_index(name, "audit_log", columns, unique=False)


def downgrade() -> None:
    """Downgrade to the previous revision."""
    for name in reversed(AUDIT_INDEXES):
        op.drop_index(name, table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_table("throttles")
    op.drop_table("password_resets")
    op.drop_index("used_refresh_tokens_session_id_idx", table_name="used_refresh_tokens")
    op.drop_table("used_refresh_tokens")
    # Sessions that were ended, or revoked by a password change, would become active again.
    op.execute(
        "DELETE FROM refresh_sessions s USING users u WHERE u.id = s.user_id "
        "AND (s.ended_at IS NOT NULL OR s.credentials_version <> u.credentials_version)"
    )
    for name in ("ended_at", "version", "credentials_version"):
        op.drop_column("refresh_sessions", name)
    for name in ("search_text", "credentials_version"):
        op.drop_column("users", name)


def _add_column(table: str, column: sa.Column[object], value: str) -> None:
    """Add a column with `value` for existing rows and without a default for new ones."""
    name = column.name
    column.server_default = sa.DefaultClause(sa.text(value))
    op.add_column(table, column)
    op.alter_column(table, name, server_default=None)
