"""What must hold of every side's book (trust.md §E), as questions to PostgreSQL whose every answer is a fault.

They are asked of a running house (`frontdesk doctor`), and by the tests that kill and freeze its processes. Each is
asked in a transaction of the side, so that row-level security holds for them too, and changes nothing.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

AT_MOST = 20
"""Faults of one kind that are told, of each side."""


class Check(Struct, frozen=True, kw_only=True):
    """A question. Each row of its answer (`object`, `detail`) is a fault; `says` is what to think of it."""

    name: str
    says: str
    question: str
    local: bool = False
    """Only for books that we bill: a remote backend keeps those things itself."""


class Fault(Struct, frozen=True, kw_only=True):
    """Something in a side's book that cannot be."""

    check: str
    object: str
    sentence: str


CHECKS = (
    Check(
        name="numbers",
        says="The numbers of the series {object} have a gap or a double: {detail}.",
        question="""
            SELECT c.series AS object,
                   format('%s were given out, %s are on documents, the last is %s', c.next - 1, n.count, n.last)
                   AS detail
              FROM invoice_counters c CROSS JOIN LATERAL (
                SELECT count(*) AS count, max(v.place) AS last FROM (
                  SELECT substr(d.number, length(c.series) + 2)::bigint AS place FROM (
                    SELECT number FROM invoices UNION ALL SELECT number FROM credit_notes) d
                   WHERE starts_with(d.number, c.series || '-')
                     AND substr(d.number, length(c.series) + 2) ~ '^[0-9]+$') v) n
             WHERE n.count <> c.next - 1 OR COALESCE(n.last, 0) <> c.next - 1""",
    ),
    Check(
        name="unnumbered",
        says="The invoice {object} is {detail}.",
        question="""
            SELECT id AS object, CASE WHEN number IS NULL THEN 'issued and has no number'
                                      ELSE 'a draft and has the number ' || number END AS detail
              FROM invoices WHERE (status = 'draft') <> (number IS NULL)""",
        local=True,
    ),
    Check(
        name="ledger",
        says="The ledger transaction {object} does not sum to zero: it is off by {detail}.",
        question="""
            SELECT transaction AS object, format('%s %s', sum(amount), currency) AS detail
              FROM ledger_entries GROUP BY transaction, currency HAVING sum(amount) <> 0""",
    ),
    Check(
        name="empty_transaction",
        says="The ledger transaction {object} moves {detail}.",
        question="""
            SELECT t.id AS object, 'nothing: it has no entries' AS detail FROM ledger_transactions t
             WHERE NOT EXISTS (SELECT FROM ledger_entries e
                                WHERE e.tenant_id = t.tenant_id AND e.transaction = t.id)""",
        local=True,
    ),
    Check(
        name="balance",
        says="The balance of the customer {object} is not what the ledger says: {detail}.",
        question="""
            WITH told AS (SELECT customer, currency, sum(amount) AS amount FROM ledger_entries
                           WHERE account = 'balance' GROUP BY customer, currency),
                 kept AS (SELECT c.id AS customer, b.key AS currency, b.value::numeric AS amount
                            FROM customers c, json_each_text(COALESCE(c.body -> 'balances', '{}')) b)
            SELECT customer AS object, format('%s %s, and the ledger has %s', COALESCE(k.amount, 0), currency,
                                              COALESCE(t.amount, 0)) AS detail
              FROM told t FULL JOIN kept k USING (customer, currency)
             WHERE COALESCE(t.amount, 0) <> COALESCE(k.amount, 0)""",
        local=True,
    ),
    Check(
        name="receivable",
        says="What is still to be paid of the invoice {object} is not what the ledger says: {detail}.",
        question="""
            SELECT i.id AS object, format('%s %s, and the ledger has %s', r.remaining, i.currency, l.amount) AS detail
              FROM invoices i
              JOIN (SELECT t.invoice, sum(e.amount) FILTER (WHERE e.account = 'receivable') AS amount
                      FROM ledger_transactions t
                      JOIN ledger_entries e ON e.tenant_id = t.tenant_id AND e.transaction = t.id
                     GROUP BY t.invoice HAVING bool_or(t.kind = 'invoice')) l ON l.invoice = i.id
             CROSS JOIN LATERAL (
               SELECT CASE WHEN i.status = 'void' THEN 0 ELSE i.amount_due - i.amount_paid END AS remaining) r
             WHERE r.remaining <> COALESCE(l.amount, 0)""",
        local=True,
    ),
    Check(
        name="credited",
        says="What was credited of the invoice {object} is not what was taken back: {detail}.",
        question="""
            SELECT i.id AS object, format('%s, with credit notes of %s and credit of %s against it', k.credited,
                                          n.notes, s.set_off) AS detail
              FROM invoices i
             CROSS JOIN LATERAL (
               SELECT COALESCE((i.body ->> 'amount_credited')::bigint, 0) AS credited) k
             CROSS JOIN LATERAL (
               SELECT COALESCE(sum((c.body ->> 'pre_payment')::bigint), 0) AS notes FROM credit_notes c
                WHERE c.tenant_id = i.tenant_id AND c.invoice = i.id AND c.status = 'issued') n
             CROSS JOIN LATERAL (
               SELECT COALESCE(sum((o ->> 'amount')::bigint), 0) AS set_off
                 FROM json_array_elements(COALESCE(i.body -> 'set_offs', '[]')) o) s
             WHERE k.credited <> n.notes + s.set_off""",
        local=True,
    ),
    Check(
        name="sums",
        says="The sums of the invoice {object} do not add up: {detail}.",
        question="""
            SELECT i.id AS object, format('lines of %s and taxes of %s, a total of %s, %s due', s.lines, s.taxes,
                                          i.body ->> 'total', i.body ->> 'amount_due') AS detail
              FROM invoices i CROSS JOIN LATERAL (
                SELECT (SELECT COALESCE(sum((l ->> 'amount')::bigint), 0)
                          FROM json_array_elements(i.body -> 'lines') l) AS lines,
                       (SELECT COALESCE(sum((t ->> 'amount')::bigint), 0)
                          FROM json_array_elements(COALESCE(i.body -> 'taxes', '[]')) t
                         WHERE NOT (t -> 'rate' ->> 'inclusive')::boolean) AS taxes) s
             WHERE s.lines + s.taxes <> (i.body ->> 'total')::bigint
                OR (i.status <> 'draft' AND (i.body ->> 'amount_due')::bigint <> greatest(
                      0, (i.body ->> 'total')::bigint + (i.body ->> 'starting_balance')::bigint))""",
        local=True,
    ),
    Check(
        name="taxes",
        says="The taxes of the invoice {object} are not those of its lines and rates: {detail}.",
        # Rounded once for each rate (EN 16931 BR-CO-17), halves away from zero as PostgreSQL does it.
        question="""
            SELECT i.id AS object, format('%s%% of %s said to be %s, with %s of %s on lines', w.rate ->> 'percentage',
                                          w.taxable, w.amount, w.on_lines, w.of_lines) AS detail
              FROM invoices i CROSS JOIN LATERAL (
                SELECT COALESCE(whole.rate, lines.rate) AS rate, whole.taxable, whole.amount,
                       lines.taxable AS of_lines, lines.amount AS on_lines
                  FROM (SELECT (t -> 'rate')::jsonb AS rate, sum((t ->> 'taxable')::bigint) AS taxable,
                               sum((t ->> 'amount')::bigint) AS amount
                          FROM json_array_elements(COALESCE(i.body -> 'taxes', '[]')) t GROUP BY 1) whole
                  FULL JOIN
                       (SELECT (t -> 'rate')::jsonb AS rate, sum((t ->> 'taxable')::bigint) AS taxable,
                               sum((t ->> 'amount')::bigint) AS amount
                          FROM json_array_elements(i.body -> 'lines') l,
                               json_array_elements(COALESCE(l -> 'taxes', '[]')) t GROUP BY 1) lines
                    ON whole.rate = lines.rate) w
             WHERE i.status <> 'draft'
               AND ((w.taxable, w.amount) IS DISTINCT FROM (w.of_lines, w.on_lines)
                    OR CASE WHEN COALESCE(w.rate ->> 'exempt', 'none') <> 'none' THEN w.amount <> 0
                            WHEN NOT (w.rate ->> 'inclusive')::boolean
                            THEN w.amount <> round(w.taxable * (w.rate ->> 'percentage')::numeric / 100) END)""",
        local=True,
    ),
    Check(
        name="columns",
        says="The columns of the {object} say something else than what is written in it: {detail}.",
        question="""
            SELECT 'invoice ' || id AS object, 'status, number, sums or customer' AS detail FROM invoices
             WHERE (status, COALESCE(number, ''), total, amount_due, customer, COALESCE(subscription, ''), currency)
                   IS DISTINCT FROM
                   (body ->> 'status', COALESCE(body ->> 'number', ''), (body ->> 'total')::bigint,
                    (body ->> 'amount_due')::bigint, body ->> 'customer', COALESCE(body ->> 'subscription', ''),
                    body ->> 'currency')
             UNION ALL
            SELECT 'subscription ' || id, 'status or customer' FROM subscriptions
             WHERE (status, customer) IS DISTINCT FROM (body ->> 'status', body ->> 'customer')
             UNION ALL
            SELECT 'credit note ' || id, 'status, number, invoice or customer' FROM credit_notes
             WHERE (status, number, invoice, customer)
                   IS DISTINCT FROM (body ->> 'status', body ->> 'number', body ->> 'invoice', body ->> 'customer')""",
    ),
    Check(
        name="settled",
        says="The invoice {object} is {detail}.",
        question="""
            SELECT id AS object, format('%s, and %s of it are still to be paid', status, amount_due - amount_paid)
                   AS detail
              FROM invoices WHERE (status = 'paid' AND amount_due > amount_paid) OR amount_paid > amount_due""",
        local=True,
    ),
    Check(
        name="billed_twice",
        says="A period of the subscription {object} was billed more than once: {detail}.",
        question="""
            SELECT i.subscription AS object,
                   format('from %s, on %s', l ->> 'start', string_agg(i.id, ' and ')) AS detail
              FROM invoices i, json_array_elements(i.body -> 'lines') l
             WHERE i.body ->> 'billing_reason' = 'subscription_cycle' AND i.status <> 'void'
               AND l ->> 'kind' = 'charge' AND l ->> 'pending_item' IS NULL AND l ->> 'start' <> l ->> 'end'
             GROUP BY i.subscription, l ->> 'subscription_item', l ->> 'start' HAVING count(*) > 1""",
        local=True,
    ),
    Check(
        name="billed_after_end",
        says="The subscription {object} was billed for a time after its end: {detail}.",
        question="""
            SELECT s.id AS object, format('it ended %s, and %s bills from %s', s.body ->> 'ended_at', i.id,
                                          l ->> 'start') AS detail
              FROM subscriptions s
              JOIN invoices i ON i.tenant_id = s.tenant_id AND i.subscription = s.id AND i.status <> 'void'
             CROSS JOIN json_array_elements(i.body -> 'lines') l
             WHERE s.body ->> 'ended_at' IS NOT NULL AND l ->> 'kind' = 'charge'
               AND i.body ->> 'billing_reason' = 'subscription_cycle' AND l ->> 'pending_item' IS NULL
               AND (l ->> 'start')::timestamptz > (s.body ->> 'ended_at')::timestamptz""",
        local=True,
    ),
    Check(
        name="orphans",
        says="The {object} belongs to {detail}.",
        question="""
            SELECT 'billed period of ' || b.subscription AS object,
                   'an invoice that is not there: ' || b.invoice AS detail
              FROM billed_periods b
             WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.tenant_id = b.tenant_id AND i.id = b.invoice)
             UNION ALL
            SELECT 'invoice ' || i.id, 'a subscription that is not there: ' || i.subscription FROM invoices i
             WHERE i.subscription IS NOT NULL
               AND NOT EXISTS (SELECT FROM subscriptions s WHERE s.tenant_id = i.tenant_id AND s.id = i.subscription)
             UNION ALL
            SELECT 'ledger transaction ' || t.id, 'an invoice that is not there: ' || t.invoice
              FROM ledger_transactions t
             WHERE t.invoice IS NOT NULL
               AND NOT EXISTS (SELECT FROM invoices i WHERE i.tenant_id = t.tenant_id AND i.id = t.invoice)
             UNION ALL
            SELECT 'subscription ' || s.id, 'a price that is not there: ' || (n ->> 'price')
              FROM subscriptions s, json_array_elements(s.body -> 'items') n
             WHERE NOT EXISTS (SELECT FROM prices p WHERE p.tenant_id = s.tenant_id AND p.id = n ->> 'price')""",
        local=True,
    ),
    Check(
        name="unledgered",
        says="The invoice {object} was issued {detail}.",
        question="""
            SELECT i.id AS object, 'and the ledger knows nothing of it' AS detail FROM invoices i
             WHERE i.status <> 'draft' AND (i.total <> 0 OR i.amount_due <> 0)
               AND i.created > (SELECT min(created) FROM ledger_transactions WHERE kind = 'invoice')
               AND NOT EXISTS (SELECT FROM ledger_transactions t
                                WHERE t.tenant_id = i.tenant_id AND t.invoice = i.id AND t.kind = 'invoice')""",
        local=True,
    ),
    Check(
        name="forgotten",
        says="The subscription {object} will never be billed again: {detail}.",
        question="""
            SELECT s.id AS object, 'nothing says when its customer is to be looked at' AS detail
              FROM subscriptions s
             WHERE s.status IN ('active', 'trialing', 'past_due')
               AND NOT EXISTS (SELECT FROM due d WHERE d.tenant_id = s.tenant_id AND d.account_id = s.customer)
               AND NOT EXISTS (SELECT FROM clock_accounts a
                                WHERE a.tenant_id = s.tenant_id AND a.customer = s.customer)""",
        local=True,
    ),
    Check(
        name="late",
        says="The customer {object} should have been looked at long ago: {detail}.",
        question="""
            SELECT d.account_id AS object, format('since %s. Is a worker running?', d.wake_at) AS detail
              FROM due d JOIN customers c ON c.tenant_id = d.tenant_id AND c.id = d.account_id
             WHERE NOT d.held AND d.wake_at < frontdesk_now() - interval '1 day'""",
        local=True,
    ),
    Check(
        name="documents",
        says="The kept document of the invoice {object} is not the one that was made: {detail}.",
        question="""
            SELECT d.invoice AS object, 'in ' || d.locale AS detail
              FROM documents d JOIN files f ON f.tenant_id = d.tenant_id AND f.hash = d.file
             WHERE encode(sha256(f.content), 'hex') <> f.hash""",
    ),
)


async def faults_of(connection: AsyncConnection, *, remote: bool = False) -> Sequence[Fault]:
    """What is wrong with the book of the side that the transaction is of; `remote` says that its backend is."""
    found = []
    for check in CHECKS:
        if remote and check.local:
            continue
        rows = await connection.execute(text(f"SELECT * FROM ({check.question}) faults LIMIT {AT_MOST}"))  # noqa: S608
        found += [
            Fault(
                check=check.name,
                object=row.object,
                sentence=check.says.format(object=row.object, detail=row.detail),
            )
            for row in rows
        ]
    return found
