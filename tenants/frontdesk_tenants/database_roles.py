"""The two roles of a Frontdesk database, and an empty database that is theirs.

`frontdesk_owner` owns the database and its schema and migrates it; `frontdesk_app` serves requests and owns nothing, so
that row-level security binds it. Neither is a superuser, creates roles or databases, or bypasses row-level security.
"""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

OWNER = "frontdesk_owner"
APP = "frontdesk_app"
_ATTRIBUTES = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")


def create_roles(connection: psycopg.Connection[Any]) -> None:
    """Both roles, if they are missing, over a superuser's autocommit connection."""
    for role in (OWNER, APP):
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), _ATTRIBUTES))


def create_database(admin_url: str, database: str, *, template: str = "template0") -> None:
    """`database`, owned by `frontdesk_owner`, if it is missing: empty, or a copy of `template` that nobody is using.

    `admin_url` is a superuser's. The public schema is the owner's; `frontdesk_app` may use it, not add to it.
    """
    names = {"database": sql.Identifier(database), "template": sql.Identifier(template)}
    names |= {"owner": sql.Identifier(OWNER), "app": sql.Identifier(APP)}
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {database} OWNER {owner} TEMPLATE {template} STRATEGY FILE_COPY").format(
                    **names
                )
            )
    with psycopg.connect(make_conninfo(admin_url, dbname=database)) as connection:
        for statement in (
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {database} TO {app}",
            "ALTER SCHEMA public OWNER TO {owner}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}",
        ):
            connection.execute(sql.SQL(statement).format(**names))


def drop_database(admin_url: str, database: str) -> None:
    """Drop `database` if it exists, and whoever is connected to it."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
