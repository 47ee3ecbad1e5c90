"""What a load balancer is told (trust.md C33): a process lives on its own, and can serve when its database can."""

import ast
from collections.abc import Callable
from importlib import resources

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sites import RunningSite

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.schema_version import known_versions

SiteAt = Callable[..., RunningSite]


@pytest.fixture
def own_database(fresh_database: Callable[[], PostgresAddresses]) -> PostgresAddresses:
    return fresh_database()


async def _told(running: RunningSite) -> tuple[int, int, str]:
    async with running.client() as client:
        lives, ready = await client.get("/livez"), await client.get("/readyz")
    assert ("retry-after" in ready.headers) == (ready.status_code == 503)
    return lives.status_code, ready.status_code, ready.text


async def test_a_database_that_is_away_stops_the_traffic_and_kills_nobody(
    own_database: PostgresAddresses, site_at: SiteAt
) -> None:
    running = site_at(own_database)
    assert await _told(running) == (200, 200, "ok\n")
    name = conninfo_to_dict(own_database.app_url)["dbname"]
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert (await _told(running))[:2] == (200, 503)
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert await _told(running) == (200, 200, "ok\n")


async def test_a_process_waits_for_its_schema_and_serves_on_with_a_newer_one(
    own_database: PostgresAddresses, site_at: SiteAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = site_at(own_database)
    (newest,) = known_versions()[-1:]
    _schema_becomes(own_database, "9999")
    assert await _told(running) == (200, 200, "ok\n")
    # This release has one migration more than the database has seen.
    monkeypatch.setattr("frontdesk_tenants.schema_version.known_versions", lambda: ("9999", newest))
    assert await _told(running) == (200, 503, "The database is not up to date: run `frontdesk migrate`.\n")
    _schema_becomes(own_database, newest)
    assert await _told(running) == (200, 200, "ok\n")


def test_a_migrations_file_is_named_after_its_version() -> None:
    folder = resources.files("frontdesk_tenants") / "migrations" / "versions"
    before = None
    for version in known_versions():
        (file,) = (each for each in folder.iterdir() if each.name.startswith(f"{version}_"))
        told = {
            ast.unparse(each.targets[0]): ast.literal_eval(each.value)
            for each in ast.parse(file.read_text()).body
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) in ("revision", "down_revision")
        }
        assert told == {"revision": version, "down_revision": before}
        before = version


def _schema_becomes(addresses: PostgresAddresses, version: str) -> None:
    with psycopg.connect(addresses.owner_url) as owner:
        owner.execute("UPDATE alembic_version SET version_num = %s", [version])
