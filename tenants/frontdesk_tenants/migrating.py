"""Bring the schema up to date, as the role that owns it, and grant the application role what it needs."""

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from frontdesk_tenants.home_query import HOME_FUNCTION
from frontdesk_tenants.tenant_list_query import TENANT_LIST_FUNCTION


def migrate(owner_url: str, app_role: str = "frontdesk_app") -> None:
    """Apply all migrations that are missing. Running it again changes nothing.

    `owner_url` is a libpq URL of the role that owns the schema; `app_role` is the role in DATABASE_URL.
    Two at a time wait for each other.
    """
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('frontdesk migrate'))")
        command.upgrade(configuration(connection, app_role), "head")
        # Functions are code: each release brings its own, so they are laid down anew and have no history.
        for function in (HOME_FUNCTION, TENANT_LIST_FUNCTION):
            connection.exec_driver_sql(function.replace("%", "%%"))
    engine.dispose()


def configuration(connection: Connection, app_role: str) -> Config:
    """Alembic's configuration on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("frontdesk_tenants") / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["app_role"] = app_role
    return config
