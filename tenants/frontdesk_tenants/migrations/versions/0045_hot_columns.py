"""What the home page asks of bodies, copied out of them: to read a JSON for one value takes longer than its row."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

FUNCTIONS = {
    "frontdesk_prices": """
CREATE FUNCTION frontdesk_prices(subscription json) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
  SELECT item ->> 'price' FROM json_array_elements(subscription -> 'items') AS item
   UNION
  SELECT item ->> 'price'
    FROM json_array_elements(CASE json_typeof(subscription -> 'put_off')
                             WHEN 'object' THEN subscription #> '{put_off,items}' ELSE '[]' END) AS item)
""",
    "frontdesk_offered": """
CREATE FUNCTION frontdesk_offered(configuration json) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
  SELECT named
    FROM json_array_elements(COALESCE(configuration #> '{features,subscription_update,products}', '[]')) AS product,
         json_array_elements_text(product -> 'prices') AS named)
""",
}
COLUMNS: dict[str, dict[str, tuple[Any, str]]] = {
    "invoices": {"statement_descriptor": (sa.Text(), "body ->> 'statement_descriptor'")},
    "subscriptions": {"prices": (postgresql.ARRAY(sa.Text()), "frontdesk_prices(body)")},
    "configurations": {
        "offered": (postgresql.ARRAY(sa.Text()), "frontdesk_offered(body)"),
        "restarts": (sa.Boolean(), "COALESCE(body #>> '{frontdesk,restart,enabled}', 'false') = 'true'"),
    },
}


def upgrade() -> None:
    for function in FUNCTIONS.values():
        op.execute(function)
    for table, columns in COLUMNS.items():
        for name, (type_, copied) in columns.items():
            op.add_column(table, sa.Column(name, type_, sa.Computed(copied, persisted=True)))


def downgrade() -> None:
    # The function of the present release reads them; the one that goes back lays down its own.
    for table, columns in COLUMNS.items():
        for name in columns:
            op.drop_column(table, name)
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}(json)")
