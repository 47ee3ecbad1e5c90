"""The `frontdesk` command says in one sentence what is wrong and what to do, whatever an operator gave it."""

import asyncio
import fcntl
import logging
import re
import socket
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import click
import psycopg
import pytest
from sides import MASTER_KEY, new_tenant

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.command_line import cli, main

Run = Callable[..., Awaitable[tuple[int, str, str]]]
PASSWORD = "a-password-of-theirs"


@pytest.fixture
def own_levels() -> Iterator[None]:
    """Gives the logs back the levels that other tests know them by."""
    levels = {name: logging.getLogger(name).level for name in (None, "procrastinate", "httpx", "alembic")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def run(
    own_levels: None,
    postgres: PostgresAddresses,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs the command with the words; the exit code, and what it says on both streams. Keywords are variables."""

    async def run(*words: str, **environment: str) -> tuple[int, str, str]:
        own = {
            "DATABASE_URL": postgres.app_url,
            "DATABASE_OWNER_URL": postgres.owner_url,
            "FRONTDESK_MASTER_KEY": MASTER_KEY.reveal(),
            "FRONTDESK_BASE_URL": "https://billing.example.com",
        }
        for name, value in (own | environment).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["frontdesk", *words])
        code = await asyncio.to_thread(_exit_code)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def _exit_code() -> int:
    try:
        main()
    except SystemExit as done:
        return int(done.code or 0)
    return 0


def elsewhere(url: str, **parts: str) -> str:
    """A database's address with another host, role or path."""
    found = urlsplit(url)
    role, host = found.netloc.rpartition("@")[::2]
    netloc = f"{parts.get('role', role)}@{parts.get('host', host)}"
    return found._replace(netloc=netloc, path=parts.get("path", found.path), query=parts.get("query", "")).geturl()


def elsewhere_admin(addresses: PostgresAddresses) -> str:
    """The superuser in a test's own database."""
    own = urlsplit(addresses.app_url)
    return urlsplit(addresses.admin_url)._replace(path=own.path).geturl()


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "doctor"])
@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"host": "127.0.0.1:1"}, r"port 1 failed: Connection refused\.$"),
        ({"path": "/no_such_database"}, r'database "no_such_database" does not exist\.$'),
        ({"role": f"no_such_role:{PASSWORD}"}, r'"no_such_role"'),
    ],
)
async def test_why_the_database_cannot_be_reached_is_said(
    run: Run, postgres: PostgresAddresses, command: str, parts: dict[str, str], words: str
) -> None:
    if "host" not in parts:
        parts = parts | {"query": urlsplit(postgres.app_url).query}
    variable = "DATABASE_OWNER_URL" if command == "migrate" else "DATABASE_URL"
    code, said, why = await run(command, **{variable: elsewhere(postgres.app_url, **parts)})
    assert (code, said) == (1, "")
    (line,) = why.splitlines()
    assert line.startswith("frontdesk: The database does not answer now: ")
    assert re.search(words, line)
    assert PASSWORD not in line


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(
    "address", ["nonsense", f"mysql://app:{PASSWORD}@db/frontdesk", f"postgresql://app:{PASSWORD}@db:port/frontdesk"]
)
async def test_an_address_that_is_none_is_named_and_not_repeated(run: Run, command: str, address: str) -> None:
    variable = "DATABASE_OWNER_URL" if command == "migrate" else "DATABASE_URL"
    code, said, why = await run(command, **{variable: address})
    assert (code, said) == (1, "")
    (line,) = why.splitlines()
    assert line.startswith(f"frontdesk: {variable} must be an address such as postgresql://role:password@host")
    assert PASSWORD not in line


async def test_who_may_not_migrate_is_told_which_role_may(
    run: Run, fresh_database: Callable[..., PostgresAddresses]
) -> None:
    addresses = fresh_database()
    code, said, why = await run("migrate", DATABASE_OWNER_URL=addresses.app_url)
    assert (code, said) == (1, "")
    (line,) = why.splitlines()
    assert line.startswith("frontdesk: DATABASE_OWNER_URL must name the role that owns the schema: ")


async def test_a_role_that_nobody_let_in_is_told_which_one_was(
    run: Run, fresh_database: Callable[..., PostgresAddresses]
) -> None:
    addresses = fresh_database()
    name = f"stranger_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(addresses.admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN")
    try:
        stranger = elsewhere(
            addresses.app_url,
            role=name,
            path=urlsplit(addresses.app_url).path,
            query=urlsplit(addresses.app_url).query,
        )
        with psycopg.connect(addresses.admin_url, autocommit=True) as admin:
            admin.execute(f'GRANT CONNECT ON DATABASE "{urlsplit(stranger).path[1:]}" TO {name}')
        for words in (("serve",), ("worker",), ("doctor",), ("tenants", "list")):
            code, said, why = await run(*words, DATABASE_URL=stranger)
            assert (code, said) == (1, ""), words
            (line,) = why.splitlines()
            assert line == (
                f"frontdesk: DATABASE_URL names the role {name}, which may not read the tables. Name frontdesk_app"
                f" there, or let it do what that one may: `GRANT frontdesk_app TO {name}`, as a superuser."
            )
        with psycopg.connect(addresses.admin_url, autocommit=True) as admin:
            admin.execute(f"GRANT frontdesk_app TO {name}")
        assert await run("tenants", "list", DATABASE_URL=stranger) == (0, "", "")
    finally:
        with psycopg.connect(elsewhere_admin(addresses), autocommit=True) as admin:
            admin.execute(f"DROP OWNED BY {name}")
            admin.execute(f"DROP ROLE {name}")


async def test_an_older_schema_is_told_before_anything_is_read(
    run: Run, fresh_database: Callable[..., PostgresAddresses]
) -> None:
    addresses = fresh_database()
    with psycopg.connect(elsewhere_admin(addresses), autocommit=True) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '0001'")
        admin.execute("DROP TABLE master_keys")
    for words in (("serve",), ("worker",), ("doctor",), ("tenants", "list")):
        told = await run(*words, DATABASE_URL=addresses.app_url)
        assert told == (1, "", "frontdesk: The database is not up to date: run `frontdesk migrate`.\n"), words


async def test_an_address_that_is_taken_is_told_before_it_serves(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said, why = await run("serve", "--port", port)
    assert (code, said) == (1, "")
    assert why == (
        f"frontdesk: Nothing can listen at 127.0.0.1, port {port}: Address already in use."
        " Choose others with --host and --port.\n"
    )


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FRONTDESK_BASE_URL", "https://bill ing", "FRONTDESK_BASE_URL must be a scheme and a host, such as"),
        ("FRONTDESK_BASE_URL", "https://billing.example.com:port", "FRONTDESK_BASE_URL must be a scheme and a host"),
        ("FRONTDESK_BASE_URL", "https://a:b@billing.example.com", "FRONTDESK_BASE_URL must be a scheme and a host"),
        ("REDIS_URL", "nonsense", "REDIS_URL must be an address such as redis://"),
        ("REDIS_URL", f"http://:{PASSWORD}@cache", "REDIS_URL must be an address such as redis://"),
        ("FRONTDESK_TRUSTED_PROXIES", "10.0.0.0/8, nonsense", "FRONTDESK_TRUSTED_PROXIES holds addresses or blocks"),
    ],
)
async def test_what_cannot_be_read_stops_the_start(run: Run, variable: str, value: str, words: str) -> None:
    for command in ("serve", "worker"):
        code, said, why = await run(command, **{variable: value})
        assert (code, said) == (1, "")
        (line,) = why.splitlines()
        assert line.startswith(f"frontdesk: {words}")
        assert PASSWORD not in line


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--background", "red"), "background: Enter the colour as # and six hexadecimal digits, such as #1d2b4f."),
        (("--headline", "x" * 61), "headline: Shorten the headline to at most 60 characters."),
        (("--website", "nonsense"), "website: Enter a full web address that begins with https://."),
    ],
)
async def test_a_brand_that_cannot_be_is_refused_in_a_sentence(
    run: Run, tenancy: Tenancy, words: tuple[str, ...], sentence: str
) -> None:
    tenant = await new_tenant(tenancy)
    assert await run("tenants", "brand", tenant.slug, *words) == (1, "", f"frontdesk: {sentence}\n")


@pytest.mark.parametrize(
    ("name", "country", "sentence"),
    [
        ("Acme", "ZZ", "ZZ is no ISO 3166 code of a country. Use one such as DE or US."),
        ("Acme\nBcc: x@example.com", "DE", "Write the name in one line of letters, at most 100 of them."),
        ("A" * 101, "DE", "Write the name in one line of letters, at most 100 of them."),
        (" ", "DE", "Enter the name that customers know the tenant by."),
    ],
)
async def test_a_tenant_that_cannot_be_is_refused_in_a_sentence(
    run: Run, name: str, country: str, sentence: str
) -> None:
    words = ("tenants", "create", "never-made", "--name", name, "--currency", "eur", "--country", country)
    assert await run(*words) == (1, "", f"frontdesk: {sentence}\n")
    assert "never-made" not in (await run("tenants", "list"))[1].split()


async def test_a_country_may_be_written_small(run: Run) -> None:
    words = ("tenants", "create", "small-letters", "--name", "Small", "--currency", "eur", "--country", "de")
    code, said, why = await run(*words)
    assert (code, why) == (0, ""), why
    assert "secret key" in said


async def test_an_operator_is_added_once(run: Run) -> None:
    assert await run("operators", "add", "first@example.com") == (0, "first@example.com is an operator.\n", "")
    again = await run("operators", "add", "First@Example.com")
    assert again == (0, "First@Example.com was an operator already.\n", "")
    assert await run("operators", "add", "nonsense") == (1, "", "frontdesk: Invalid email address: nonsense\n")


async def test_it_says_its_version(run: Run) -> None:
    assert await run("--version") == (0, f"frontdesk {version('frontdesk-web')}\n", "")


async def test_a_port_of_mail_that_is_none_stops_the_start(run: Run) -> None:
    for port in ("smtp", "0", "65536", "9" * 40):
        _, said, why = await run("worker", SMTP_HOST="mail.example.com", SMTP_SENDER="b@example.com", SMTP_PORT=port)
        assert (said, why) == ("", "frontdesk: SMTP_PORT must be the number of a port, such as 587.\n")


def commands(group: click.Group, names: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """All groups of commands by their words, the first of them the command itself."""
    found = [names]
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            found += commands(each, (*names, name))
    return found


@pytest.mark.parametrize("words", commands(cli), ids=" ".join)
async def test_no_line_of_its_help_is_cut_off(run: Run, words: tuple[str, ...]) -> None:
    code, said, _ = await run(*words, "--help")
    assert code == 0
    told = said.partition("\nCommands:\n")[2].splitlines()
    assert told
    assert [line for line in told if line.endswith("...")] == []


async def test_a_demo_leaves_another_ones_data_alone(run: Run, tmp_path: Path) -> None:
    """Nothing is begun on a port that is taken, or on data that is in use: what is not whole yet would be made anew."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said, why = await run("demo", "--port", port, "--data", str(tmp_path / "data"))
    assert (code, said) == (1, "")
    assert why == f"frontdesk: Port {port} cannot be listened on. Choose another with --port.\n"
    data = tmp_path / "data"
    assert not data.exists()

    data.mkdir()
    with (data / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, said, why = await run("demo", "--port", "0", "--data", str(data))
    assert (code, said) == (1, "")
    assert why.startswith(f"frontdesk: A demo runs already with its data in {data}. Stop it, or choose another")
    assert [each.name for each in data.iterdir()] == ["demo.lock"]
