"""What the home page says of an invoice, put together as it is written: a page shows ten, and each is shown often.

The places are those of `home_reads.InvoiceSummary`: whoever changes those makes the function and the column anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

ARGUMENTS = "id, number, status, currency, total, amount_due, amount_paid, body"
# What was credited is in `amount_paid` (`book`).
FUNCTION = """
CREATE FUNCTION frontdesk_invoice_summary(
  id text, number text, status text, currency text, total bigint, amount_due bigint, amount_paid bigint, body json
) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$
BEGIN
  RETURN json_build_array(
    id, number, status, currency, total, COALESCE(body ->> 'finalized_at', body ->> 'created'), body ->> 'due_date',
    CASE status WHEN 'open' THEN amount_due - amount_paid ELSE 0 END, body ->> 'statement_descriptor');
END
$function$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    copied = sa.Computed(f"frontdesk_invoice_summary({ARGUMENTS})", persisted=True)
    op.add_column("invoices", sa.Column("summary", sa.Text(), copied))


def downgrade() -> None:
    op.drop_column("invoices", "summary")
    op.execute("DROP FUNCTION frontdesk_invoice_summary")
