"""An issued invoice never changes, whoever writes: PostgreSQL refuses it (trust.md §E2).

What was issued is everything in the row and its `body` but `MAY_CHANGE`: how it stands with being paid, and the notes
of the business's own programs. Whoever adds a field that may change later adds it here, and a migration that makes
the functions anew. A draft may change and go; a void invoice stays void.

A body is written anew in whole when a payment comes in, perhaps by a newer release that knows more fields. So that the
sealed part stays as it was written, `frontdesk_kept` takes only what may change from the new body.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, case, func

from frontdesk.book import Invoice
from frontdesk_tenants.tables import credit_notes, invoices

MAY_CHANGE = (
    "version",
    "status",
    "amount_paid",
    "amount_credited",
    "amount_credited_later",
    "payments",
    "set_offs",
    "attempts",
    "next_attempt",
    "told_of_due",
    "told_overdue",
    "refunds",
    "paid_at",
    "paid_out_of_band",
    "voided_at",
    "marked_uncollectible_at",
    "due_date",
    "metadata",
)
_NAMES = "ARRAY[" + ", ".join(f"'{each}'" for each in MAY_CHANGE) + "]"
_COLUMNS = ("tenant_id", "id", "customer", "subscription", "number", "currency", "total", "amount_due", "created")
_SAME_COLUMNS = " AND ".join(f"NEW.{each} IS NOT DISTINCT FROM OLD.{each}" for each in _COLUMNS)

FUNCTIONS = (
    f"""
CREATE OR REPLACE FUNCTION frontdesk_kept(sealed json, fresh json) RETURNS json LANGUAGE sql IMMUTABLE AS $function$
  SELECT (sealed::jsonb || (
    SELECT COALESCE(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(fresh::jsonb) WHERE key = ANY ({_NAMES})
  ))::json
$function$
""",  # noqa: S608
    f"""
CREATE OR REPLACE FUNCTION frontdesk_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
  IF OLD.status = 'draft' THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an issued invoice is never deleted: %', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT ({_SAME_COLUMNS})
     OR (OLD.body::jsonb - {_NAMES}) IS DISTINCT FROM (NEW.body::jsonb - {_NAMES})
     OR NEW.status = 'draft'
     OR (OLD.status = 'void' AND NEW.status <> 'void')
     OR NEW.status IS DISTINCT FROM NEW.body ->> 'status'
  THEN
    RAISE EXCEPTION 'an issued invoice never changes: %', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$function$
""",
)
TRIGGER = """
CREATE TRIGGER guard_invoice BEFORE UPDATE OR DELETE ON invoices
  FOR EACH ROW EXECUTE FUNCTION frontdesk_guard_invoice()
"""

_NOTE_COLUMNS = ("tenant_id", "id", "customer", "invoice", "number", "created")
_SAME_NOTE = " AND ".join(f"NEW.{each} IS NOT DISTINCT FROM OLD.{each}" for each in _NOTE_COLUMNS)
NOTE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION frontdesk_guard_credit_note() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a credit note is never deleted: %', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT ({_SAME_NOTE})
     OR (OLD.body::jsonb - {_NAMES}) IS DISTINCT FROM (NEW.body::jsonb - {_NAMES})
     OR (OLD.status = 'void' AND NEW.status <> 'void')
  THEN
    RAISE EXCEPTION 'a credit note never changes: %', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$function$
"""
NOTE_TRIGGER = """
CREATE TRIGGER guard_credit_note BEFORE UPDATE OR DELETE ON credit_notes
  FOR EACH ROW EXECUTE FUNCTION frontdesk_guard_credit_note()
"""


def kept_note(fresh: ColumnElement[Any]) -> ColumnElement[Any]:
    """The body that replaces a credit note's: what it was, with what may change."""
    body = credit_notes.c.body
    return func.frontdesk_kept(body, fresh, type_=body.type)


def kept_body(fresh: ColumnElement[Any]) -> ColumnElement[Any]:
    """The body that replaces an invoice's: the fresh one of a draft, else what it was with what may change."""
    body = invoices.c.body
    return case((invoices.c.status == "draft", fresh), else_=func.frontdesk_kept(body, fresh, type_=body.type))


def refuse_resealed(known: Mapping[str, Any], written: Sequence[Invoice]) -> None:
    """A backend of ours never changes what it issued: PostgreSQL would keep the old, and nobody would know.

    Raises:
        AssertionError: it did.
    """
    for each in written:
        before = known.get(each.id)
        if isinstance(before, Invoice) and before.status != "draft":
            changed = {name for name, value in sealed(each).items() if getattr(before, name) != value}
            assert not changed, f"{each.id} was issued, and still changes: {sorted(changed)}"


def sealed(invoice: Invoice) -> Mapping[str, Any]:
    """What of an invoice never changes once it is issued."""
    return {name: value for name, value in asdict(invoice).items() if name not in MAY_CHANGE}
