"""What time it is for the customer of a row: that of their test clock, else real time. A piece of SQL."""


def own_time(row: str) -> str:
    """The time for a row, by its alias, of a table with `tenant_id` and `customer`."""
    return f"""COALESCE((SELECT t.frozen_time FROM clock_accounts a
      JOIN test_clocks t ON t.tenant_id = a.tenant_id AND t.id = a.clock
      WHERE a.tenant_id = {row}.tenant_id AND a.customer = {row}.customer), frontdesk_now())"""  # noqa: S608


def is_late(row: str) -> str:
    """Whether an invoice, by its alias, is open and was due before now, as its customer counts."""
    return f"{row}.status = 'open' AND ({row}.body ->> 'due_date')::timestamptz < {own_time(row)}"
