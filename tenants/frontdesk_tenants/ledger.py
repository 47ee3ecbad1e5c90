"""The ledger in PostgreSQL: added to in the commit that moves the money, never changed (trust.md §E1).

Two constraints are judged when a transaction ends, whoever wrote: the entries of a ledger transaction sum to zero in
each currency, and a customer's balance is what the ledger's entries come to.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Customer
from frontdesk.changes import Changes
from frontdesk.ledger import LedgerTransaction, balances
from frontdesk_tenants.many_rows import insert_rows
from frontdesk_tenants.tables import ledger_entries, ledger_transactions

# The side may have been changed since the row was written: it is set to the row's own while the row is judged.
FUNCTION = """
CREATE OR REPLACE FUNCTION frontdesk_guard_ledger() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
  side text := current_setting('frontdesk.tenant_id', true);
  off record;
  held numeric;
  kept numeric;
BEGIN
  PERFORM set_config('frontdesk.tenant_id', NEW.tenant_id::text, true);
  SELECT e.currency, sum(e.amount) AS sum INTO off FROM ledger_entries e
   WHERE e.tenant_id = NEW.tenant_id AND e.transaction = NEW.transaction
   GROUP BY e.currency HAVING sum(e.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the ledger transaction % is off by % %', NEW.transaction, off.sum, off.currency
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.account = 'balance' THEN
    SELECT sum(e.amount) INTO kept FROM ledger_entries e
     WHERE e.tenant_id = NEW.tenant_id AND e.customer = NEW.customer AND e.account = 'balance'
       AND e.currency = NEW.currency;
    SELECT COALESCE((c.body -> 'balances' ->> NEW.currency)::numeric, 0) INTO held FROM customers c
     WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.customer;
    IF held IS DISTINCT FROM kept THEN
      RAISE EXCEPTION 'the balance of % is % and the ledger says % %', NEW.customer, held, kept, NEW.currency
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  PERFORM set_config('frontdesk.tenant_id', COALESCE(side, ''), true);
  RETURN NULL;
END
$function$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER guard_ledger AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION frontdesk_guard_ledger()
"""
OPENING = """
WITH opening AS (
  SELECT c.tenant_id, c.id AS customer, b.key AS currency, b.value::bigint AS amount,
         'cbtxn_' || substr(md5(c.tenant_id::text || c.id || b.key), 1, 22) AS id
    FROM customers c, json_each_text(COALESCE(c.body -> 'balances', '{}')) AS b
   WHERE b.value::bigint <> 0
), written AS (
  INSERT INTO ledger_transactions (tenant_id, id, customer, kind, currency, moved, invoice, created, body)
  SELECT tenant_id, id, customer, 'opening', currency, amount, NULL, frontdesk_now(), json_build_object(
           'id', id, 'customer', customer,
           'created', to_char(frontdesk_now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'kind', 'opening', 'currency', currency, 'ending_balance', amount,
           'entries', json_build_array(
             json_build_object('account', 'balance', 'amount', amount),
             json_build_object('account', 'opening', 'amount', -amount)))
    FROM opening
)
INSERT INTO ledger_entries (tenant_id, transaction, account, currency, customer, amount)
SELECT tenant_id, id, 'balance', currency, customer, amount FROM opening
UNION ALL SELECT tenant_id, id, 'opening', currency, customer, -amount FROM opening
"""
"""What the customers of one side had before the ledger was kept."""


async def write(connection: AsyncConnection, tenant_id: UUID, changes: Changes) -> None:
    """Add the movements of money that changes tell of."""
    if not changes.ledger:
        return
    rows = [_row(tenant_id, each) for each in changes.ledger]
    await insert_rows(connection, ledger_transactions, rows)
    entries = [
        {
            "tenant_id": tenant_id,
            "transaction": each.id,
            "account": entry.account,
            "currency": each.currency,
            "customer": each.customer,
            "amount": entry.amount,
        }
        for each in changes.ledger
        for entry in each.entries
    ]
    await insert_rows(connection, ledger_entries, entries)


async def keep_told(connection: AsyncConnection, tenant_id: UUID, told: Sequence[LedgerTransaction]) -> int:
    """Keep what a remote backend tells of balances, each movement once; returns how many were new.

    They have no rows of entries: the backend keeps the balance, and it may be a moment ahead of what it told. An
    invoice that they name need not be in the book.
    """
    if not told:
        return 0
    rows = [{**_row(tenant_id, each), "invoice": None} for each in told]
    kept = await connection.execute(
        postgresql.insert(ledger_transactions)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
        .returning(ledger_transactions.c.id)
    )
    return len(kept.all())


def _row(tenant_id: UUID, each: LedgerTransaction) -> dict[str, Any]:
    columns = ("id", "customer", "kind", "currency", "invoice", "created")
    return {
        "tenant_id": tenant_id,
        "moved": each.of("balance"),
        "body": each,
        **{name: getattr(each, name) for name in columns},
    }


def refuse_unledgered(before: Customer | None, changes: Changes) -> None:
    """A local backend moves no balance without the ledger.

    Raises:
        AssertionError: it did.
    """
    if changes.customer is None:
        return
    had: Mapping[str, int] = {} if before is None else before.balances
    moved = balances(changes.ledger)
    for currency in {*had, *changes.customer.balances, *moved}:
        expected = had.get(currency, 0) + moved.get(currency, 0)
        found = changes.customer.balances.get(currency, 0)
        assert found == expected, f"{changes.customer.id}: {found} {currency}, and the ledger says {expected}"
