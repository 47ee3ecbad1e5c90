"""What only the owner of the schema can do, for the demo and for tests: move the clock, begin anew."""

from datetime import timedelta

import psycopg
from psycopg import sql

from frontdesk_tenants.database_roles import APP

_CLOCK = (
    "CREATE OR REPLACE FUNCTION frontdesk_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
    "RETURN date_trunc('milliseconds', now()){}"
)


def set_clock(owner_url: str, moved: timedelta) -> None:
    """Set PostgreSQL's idea of the time, for everybody, to the real time plus `moved`; zero puts it right."""
    change: sql.Composable = sql.SQL("")
    if moved:
        change = sql.SQL(" + make_interval(secs => {})").format(sql.Literal(int(moved.total_seconds())))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL(_CLOCK).format(change))


def begin_anew(owner_url: str) -> None:
    """Drop everything that is in the database. There is no way back."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        row = connection.execute("SELECT to_regclass('public.sides') IS NOT NULL").fetchone()
        if row == (True,):
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP)))
