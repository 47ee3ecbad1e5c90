"""Bring the schema up to date, as the role that owns it, and grant the application role what it needs."""

from importlib import resources

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants.database_addresses import driver_url, reason_of
from frontdesk_tenants.home_query import HOME_FUNCTIONS
from frontdesk_tenants.tenant_list_query import TENANT_LIST_FUNCTION


def migrate(owner_url: str, app_role: str = "frontdesk_app") -> None:
    """Apply all migrations that are missing. Running it again changes nothing.

    `owner_url` is a libpq URL of the role that owns the schema; `app_role` is the role in DATABASE_URL.
    Two at a time wait for each other.

    Raises:
        Misconfigured: that is no address, or not the owner's, or there is no such `app_role`.
        Unavailable: PostgreSQL cannot be reached.
    """
    engine = create_engine(driver_url(owner_url, "DATABASE_OWNER_URL"), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            _bring_up_to_date(connection, app_role)
    except OperationalError as error:
        raise Unavailable("The database does not answer now.") from error
    except ProgrammingError as error:
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise Misconfigured(
                f"DATABASE_OWNER_URL must name the role that owns the schema: {reason_of(error)}.", "DATABASE_OWNER_URL"
            ) from error
        if isinstance(error.orig, psycopg.errors.UndefinedObject) and f'role "{app_role}"' in str(error.orig):
            raise Misconfigured(
                f"DATABASE_URL must name a role that exists: {reason_of(error)}.", "DATABASE_URL"
            ) from error
        raise
    finally:
        engine.dispose()


def _bring_up_to_date(connection: Connection, app_role: str) -> None:
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('frontdesk migrate'))")
    command.upgrade(configuration(connection, app_role), "head")
    # Functions are code: each release brings its own, so they are laid down anew and have no history.
    for function in (*HOME_FUNCTIONS, TENANT_LIST_FUNCTION):
        connection.exec_driver_sql(function.replace("%", "%%"))


def configuration(connection: Connection, app_role: str) -> Config:
    """Alembic's configuration on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("frontdesk_tenants") / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["app_role"] = app_role
    return config
