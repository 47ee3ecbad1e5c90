"""An issued invoice keeps of which due dates programs were told.

Subscriptions that run are told of from their next period on, as at Stripe after the days before were changed.
"""

from alembic import op

from frontdesk_tenants import invoice_seal

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in (*invoice_seal.FUNCTIONS, invoice_seal.NOTE_FUNCTION):
        op.execute(statement)


def downgrade() -> None:
    """Whoever goes back has invoices with two fields more, which an older release passes over."""
