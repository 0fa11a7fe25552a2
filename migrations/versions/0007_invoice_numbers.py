"""Add an index for the last invoice number of a year, and drop indexes that no query uses.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_index(
        "invoices_year_number_idx",
        "invoices",
        [sa.text('"left"(number, 4)'), sa.text("length(number)"), "number"],
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.drop_index("bookings_cancelled_at_idx", table_name="bookings")
    op.drop_index("invoices_paid_at_idx", table_name="invoices")
    op.drop_index("refunds_accepted_at_idx", table_name="refunds")


def downgrade() -> None:
    """Downgrade to the previous revision."""
    op.create_index(
        "refunds_accepted_at_idx",
        "refunds",
        ["accepted_at"],
        postgresql_where=sa.text("accepted_at IS NOT NULL"),
    )
    op.create_index(
        "invoices_paid_at_idx",
        "invoices",
        ["paid_at"],
        postgresql_include=["amount_cents", "space_id", "user_id"],
        postgresql_where=sa.text("paid_at IS NOT NULL"),
    )
    op.create_index(
        "bookings_cancelled_at_idx",
        "bookings",
        ["cancelled_at"],
        postgresql_where=sa.text("cancelled_at IS NOT NULL"),
    )
    op.drop_index("invoices_year_number_idx", table_name="invoices")
