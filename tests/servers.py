"""Real servers for the tests: PostgreSQL, Valkey and a browser, as fixtures that every suite sees.

One PostgreSQL serves the whole run. It is migrated once, into a template; each xdist worker gets a copy, and a test
that alters its schema, policies or clock gets one of its own. The process that began the run stops the servers, however
the run ends.

FRONTDESK_TEST_POSTGRES, a superuser's URL, names another PostgreSQL to test on (15 to 18).
"""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from playwright.async_api import Browser, async_playwright, expect
from psycopg import sql

from frontdesk_tenants import database as limits
from frontdesk_tenants import shared_cache
from frontdesk_tenants.database_roles import APP, OWNER, create_database, create_roles, drop_database
from frontdesk_tenants.embedded import PostgresAddresses, start_postgres, start_valkey, stop_servers

# What knows no windows takes half for a page, and a fifth for a visitor, of what a whole browser takes that hides them.
WINDOWLESS_BROWSERS = ("chromium-headless-shell", "chrome-headless-shell")
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The last: /dev/shm is 64 MB in many containers. The first: they run as root, where the sandbox cannot start.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
_run_dir_key = pytest.StashKey[Path]()


class Databases:
    """Databases of this run on one PostgreSQL; `name`s are unique to the run, so that runs may share a server."""

    def __init__(self, admin_url: str, run: str, password: str | None) -> None:
        self.admin_url = admin_url
        self._prefix = f"frontdesk_{run}"
        self._password = password

    @property
    def template(self) -> str:
        return f"{self._prefix}_template"

    def named(self, suffix: str) -> str:
        return f"{self._prefix}_{suffix}"

    def addresses(self, database: str) -> PostgresAddresses:
        return PostgresAddresses(
            app_url=self._url(APP, database), owner_url=self._url(OWNER, database), admin_url=self.admin_url
        )

    def copy(self, database: str, template: str | None = None) -> PostgresAddresses:
        """A new database: as `template` is, which nobody is connected to, or migrated and empty."""
        create_database(self.admin_url, database, template=template or self.template)
        return self.addresses(database)

    def _url(self, role: str, database: str) -> str:
        parts = urlsplit(self.admin_url)
        credentials = role if self._password is None else f"{role}:{quote(self._password, safe='')}"
        place = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{credentials}@{place}", path=f"/{database}").geturl()


def pytest_configure(config: pytest.Config) -> None:
    """The directory of the run: made by the process that begins it, told to its workers."""
    told = getattr(config, "workerinput", {}).get("frontdesk_run_dir")
    run_dir = Path(told or tempfile.mkdtemp(prefix="frontdesk-tests-"))
    # As root the servers run under another account, which has to pass through to theirs.
    run_dir.chmod(0o711)
    config.stash[_run_dir_key] = run_dir


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]
    """xdist: tell a worker the directory of the run."""
    node.workerinput["frontdesk_run_dir"] = str(node.config.stash[_run_dir_key])


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run ends it: by now all workers are gone."""
    run_dir = config.stash.get(_run_dir_key, None)
    if run_dir is None or hasattr(config, "workerinput"):
        return
    for data_dir in (run_dir, *run_dir.glob("valkey-*")):
        stop_servers(data_dir)
    if (other := os.environ.get("FRONTDESK_TEST_POSTGRES")) and (run_dir / "migrated").exists():
        databases = Databases(other, run_dir.name[-8:].lower(), None)
        with psycopg.connect(other) as connection:
            names = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [databases.named("")]
            ).fetchall()
        for (name,) in names:
            drop_database(other, name)
    shutil.rmtree(run_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    """The run's PostgreSQL, with its migrated template in place.

    Who waits for another's lock waits three seconds: a busy machine may take longer than one over what it holds.
    """
    from frontdesk_tenants.migrating import migrate

    limits.LOCK_TIMEOUT_MS = 3_000
    run_dir = pytestconfig.stash[_run_dir_key]
    run = run_dir.name[-8:].lower()
    with (run_dir / "template.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if other := os.environ.get("FRONTDESK_TEST_POSTGRES"):
            databases = Databases(other, run, _give_passwords(other, run_dir))
        else:
            databases = Databases(start_postgres(run_dir, "postgres", fast=True).admin_url, run, None)
        migrated = run_dir / "migrated"
        if not migrated.exists():
            create_database(databases.admin_url, databases.template)
            migrate(databases.addresses(databases.template).owner_url)
            migrated.touch()
    return databases


@pytest.fixture(scope="session")
def postgres(databases: Databases, worker_name: str) -> PostgresAddresses:
    """This worker's own database, migrated and empty. Sides are what keeps tests apart in it."""
    return databases.copy(databases.named(worker_name))


@pytest.fixture
def fresh_database(databases: Databases, worker_name: str) -> Iterator[Callable[..., PostgresAddresses]]:
    """Makes databases for a test that alters schema, policies or clock: migrated, empty, dropped after the test.

    With the name of another database that nobody is connected to, copies of that one.
    """
    made: list[str] = []

    def make(template: str | None = None) -> PostgresAddresses:
        made.append(databases.named(f"{worker_name}_{secrets.token_hex(4)}"))
        return databases.copy(made[-1], template)

    yield make
    for database in made:
        drop_database(databases.admin_url, database)


@pytest.fixture(scope="session")
def valkey_url(pytestconfig: pytest.Config, worker_name: str) -> str:
    """This worker's own Valkey: a `unix://` URL.

    It is given a second to answer. Who waits shorter goes on without it when a busy machine is slow for a moment, as
    production should, and counts attempts anew, which tests of limits see.
    """
    shared_cache.CALL_TIMEOUT_SECONDS = 1.0
    return start_valkey(pytestconfig.stash[_run_dir_key] / f"valkey-{worker_name}")


@pytest.fixture(scope="session")
def run_dir(pytestconfig: pytest.Config) -> Path:
    """The directory of this run, which goes away with it. Servers may have their data below it."""
    return pytestconfig.stash[_run_dir_key]


@pytest.fixture(scope="session")
def worker_name() -> str:
    """`gw0`, `gw1`, … under xdist, `alone` without it."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window. What a page is to show may take a busy machine longer than five seconds."""
    expect.set_options(timeout=60_000)
    async with chromium() as running:
        yield running


@asynccontextmanager
async def chromium(*arguments: str) -> AsyncIterator[Browser]:
    """The system's browser, or Playwright's own where there is none (`make browser`). `arguments` are Chromium's."""
    system = next(filter(None, map(shutil.which, (*WINDOWLESS_BROWSERS, *SYSTEM_BROWSERS))), None)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=system, args=[*BROWSER_ARGUMENTS, *arguments])
        yield running
        await running.close()


async def try_browser() -> None:
    """Start and close the browser; raises if that is impossible."""
    async with chromium() as running:
        await running.new_page()


def _give_passwords(admin_url: str, run_dir: Path) -> str:
    """The two roles on a server that is not ours, able to sign in over TCP; the password is kept for other workers."""
    kept = run_dir / "password"
    if not kept.exists():
        password = secrets.token_urlsafe(24)
        with psycopg.connect(admin_url, autocommit=True) as connection:
            create_roles(connection)
            for role in (OWNER, APP):
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
                )
        kept.touch(mode=0o600)
        kept.write_text(password)
    return kept.read_text()
