"""Row-level security: the second wall between sides, as SQL that migrations run.

Facts behind the wording (reference: trust.md §B1): FORCE, because a table's owner would otherwise see everything;
NULLIF, because after a transaction the setting is the empty text and not NULL; WITH CHECK, so that nothing can be
written into another side.
"""

from collections.abc import Iterator

SIDE = "NULLIF(current_setting('frontdesk.tenant_id', true), '')::uuid"
"""The side of the running transaction; NULL, which matches no row, where there is none."""


def protect(table: str) -> Iterator[str]:
    """Statements that fence a table in: on, forced, and one policy for reading and writing."""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY side ON {table} USING (tenant_id = {SIDE}) WITH CHECK (tenant_id = {SIDE})"


def grant(table: str, app_role: str, insert_only: bool = False) -> str:
    """What the application role may do with a table. Nothing lets it TRUNCATE or REFERENCE, which ignore policies."""
    rights = "SELECT, INSERT" if insert_only else "SELECT, INSERT, UPDATE, DELETE"
    return f'GRANT {rights} ON {table} TO "{app_role}"'
