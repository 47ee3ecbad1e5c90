"""No log, page, traceback, printed object or row of the database gives a secret away (trust.md B31, and 5 of §0)."""

import gc
import logging
import traceback
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from dumps import dumped
from furnished_database import Pair
from matrix_world import World, caller, new_world, own_request, send
from msgspec import Struct
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict
from servers import Databases
from sides import API, MASTER_KEY
from sites import RunningSite, browser_headers, serve_site
from some_of_many import Choice
from spots import Spot, spots
from sqlalchemy import select

from frontdesk.plugins import PluginHost
from frontdesk.secret import Secret
from frontdesk_tenants import enabling, sender_domains
from frontdesk_tenants.database import clock
from frontdesk_tenants.database_roles import drop_database
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import challenges
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Smtp
from frontdesk_web.rendering import Renderer
from frontdesk_web.site import Site
from frontdesk_web.worker import implement_jobs

OURS = ("frontdesk", "litestar", "sqlalchemy", "procrastinate", "uvicorn", "asyncio", "psycopg", "redis", "aiosmtplib")
OPERATORS_SMTP, TENANTS_SMTP = "operators-mail-word-9f2c", "tenants-mail-word-71ab"
DATABASE, REDIS = "database-word-5d0e", "redis-word-c3f8"


class House(Struct, frozen=True, kw_only=True):
    """A site of which nothing works but its database, and all the secrets that it was given."""

    world: World
    tenancy: Tenancy
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def running(databases: Databases, worker_name: str, furnished_template: tuple[str, Pair]) -> Iterator[RunningSite]:
    name = databases.named(f"{worker_name}_secrets")
    with serve_site(
        with_password(databases.copy(name, furnished_template[0])),
        redis_url=f"redis://:{REDIS}@127.0.0.1:1/0",
        smtp=Smtp(
            host="127.0.0.1",
            port=1,
            tls="starttls",
            username="desk",
            password=Secret(OPERATORS_SMTP),
            sender="desk@example.com",
        ),
    ) as served:
        yield served
    drop_database(databases.admin_url, name)


@pytest.fixture(scope="module")
async def house(
    running: RunningSite, databases: Databases, worker_name: str, furnished_template: tuple[str, Pair]
) -> AsyncIterator[House]:
    addresses = with_password(databases.addresses(databases.named(f"{worker_name}_secrets")))
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        world = await new_world(running, tenancy, addresses, furnished_template[1])
        home = world.home
        settings = {"host": "127.0.0.1", "port": 1, "sender": "a@example.com", "password": TENANTS_SMTP}
        await enabling.enable(tenancy, home.door, "otp_email", settings, API)
        keys = await sender_domains.new_key_pair()
        async with tenancy.at(home.door) as (connection, _):
            await sender_domains.claim(
                connection,
                tenancy.vault,
                home.door.tenant_id,
                local_part="billing",
                domain="own.example.com",
                keys=keys,
                actor=API,
                now=await clock(connection),
            )
        yield House(
            world=world,
            tenancy=tenancy,
            secrets={
                "the master key": MASTER_KEY.reveal(),
                "the database's password": DATABASE,
                "Redis's password": REDIS,
                "the operator's mail password": OPERATORS_SMTP,
                "the tenant's mail password": TENANTS_SMTP,
                "an API key": home.secret_key,
                "a customer's cookie": home.jenny.session.secret,
                "a staff member's cookie": world.ours.owner.secret,
                "a second factor": world.ours.owner.totp_secret,
                "the key of a sender": keys.private.reveal().splitlines()[3],
            },
        )
    finally:
        await tenancy.aclose()


def with_password(addresses: PostgresAddresses) -> PostgresAddresses:
    """The embedded PostgreSQL asks for none, and takes any."""
    return replace(addresses, app_url=addresses.app_url.replace("frontdesk_app@", f"frontdesk_app:{DATABASE}@"))


def given_away(secrets: dict[str, str], *texts: str) -> list[str]:
    """Which secrets stand in texts."""
    return [name for name, secret in secrets.items() if any(secret in text for text in texts)]


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """All that our parts have written, with tracebacks and what was handed to the log beside its words."""
    return [
        " ".join([record.name, record.getMessage(), repr(record.__dict__), *_traceback(record)])
        for record in caplog.records
        if record.name.startswith(OURS)
    ]


def _traceback(record: logging.LogRecord) -> Iterator[str]:
    if record.exc_info:
        yield from traceback.format_exception(*record.exc_info)


READS = [each for each in spots() if each.method == "GET"]


async def read_everything(world: World, among: Sequence[Spot] = READS) -> dict[str, str]:
    """What every route that reads answers those who may ask it, headers included."""
    answers = {}
    async with world.running.client() as client:
        for spot in among:
            answer = await send(client, own_request(world, spot), caller(world, spot))
            answers[str(spot)] = f"{answer.text} {answer.headers}"
    return answers


async def ask_for_codes(world: World) -> None:
    """A customer and a member of staff ask for a code; nobody carries the letters."""
    home = world.home
    async with world.running.client(**browser_headers(world.running.config)) as client:
        link = f"/p/login/{home.door.public_id}{home.keys.login_token}"
        assert (await client.post(link, data={"email": "jenny@example.com"})).status_code == 303
        assert (await client.post("/dashboard/sign-in", data={"email": world.ours.owner.address})).status_code == 303


async def codes_under_way(house: House) -> dict[str, str]:
    """The codes that wait to be sent, as the worker would read them."""
    found = {}
    door = house.world.home.door
    async with house.tenancy.at(door) as (connection, _):
        for row in await connection.execute(select(challenges).where(challenges.c.code_sealed.is_not(None))):
            place = f"challenges.code_sealed.{row.id}"
            sealed = house.tenancy.vault.open(bytes(row.code_sealed), door.tenant_id, place)
            found[f"passcode {row.id}"] = sealed.decode()
    assert found
    return found


async def work_once(world: World) -> None:
    """Do all waiting jobs, as the worker does: no mail server takes a letter."""
    site = Site(world.running.config)
    implement_jobs(site)
    await site.open()
    try:
        await site.tenancy.jobs.app.run_worker_async(wait=False, install_signal_handlers=False, concurrency=2)
    finally:
        await site.aclose()


async def test_pages_logs_and_rows_give_nothing_away_while_all_goes_wrong(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, choose: Choice
) -> None:
    """Every page while it works; some while it fails, which is one way for all of them, and all when there is time."""
    some_broken, some_away = (
        [each for each in READS if choose((True, False, False, False), f"{each} {how}", 1)[0]]
        for how in ("broken", "away")
    )
    caplog.set_level(logging.DEBUG)
    world = house.world
    pages = await read_everything(world)
    await ask_for_codes(world)
    codes = await codes_under_way(house)
    await work_once(world)
    rows = dumped(world.addresses)

    def fail(self: Renderer, *args: object, **words: object) -> str:
        raise RuntimeError(f"a fault that shows all it has: {self!r} {args!r} {words!r}")

    with monkeypatch.context() as broken:
        broken.setattr(Renderer, "page", fail)
        faults = await read_everything(world, some_broken)
    with without_database(world.addresses):
        outage = await read_everything(world, some_away)
    secrets, lines = {**house.secrets, **codes}, logged(caplog)
    assert any("The mail server does not answer now" in line for line in lines), "no letter failed"
    assert any("a fault that shows all it has" in line for line in lines)
    for told in (pages, faults, outage):
        assert {spot: found for spot, text in told.items() if (found := given_away(secrets, text))} == {}
    assert [line[:400] for line in lines if given_away(secrets, line)] == []
    # Six digits are found by chance in a whole database, so codes are looked for where they could be.
    assert {table: found for table, text in rows.items() if (found := given_away(house.secrets, text))} == {}


class without_database:  # noqa: N801
    """PostgreSQL lets nobody in for a while."""

    def __init__(self, addresses: PostgresAddresses) -> None:
        self._name = conninfo_to_dict(addresses.app_url)["dbname"]
        self._admin = psycopg.connect(addresses.admin_url, autocommit=True)

    def __enter__(self) -> None:
        self._admin.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false')
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._name])

    def __exit__(self, *_: object) -> None:
        self._admin.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true')
        self._admin.close()


PRINTS_ITS_ADDRESS = {"PostgresAddresses"}
"""Addresses of servers that ask for no password."""


async def test_no_object_of_ours_prints_a_secret(house: House, choose: Choice) -> None:
    """Whatever ends in a log, a debugger or an error report: its `repr` holds none.

    In `make test` a third of the pages are read before: most objects live in what all of them share.
    """
    await read_everything(
        house.world, [each for each in READS if choose((True, False, False), f"{each} printed", 1)[0]]
    )
    await ask_for_codes(house.world)
    # What was loaded before the tests began is looked at too.
    gc.unfreeze()
    gc.collect()
    seen, wrong = set(), set()
    for each in gc.get_objects():
        kind = type(each)
        if str(kind.__module__).partition(".")[0].startswith("frontdesk") and kind.__name__ not in PRINTS_ITS_ADDRESS:
            seen.add(kind.__name__)
            if given_away(house.secrets, _printed(each)):
                wrong.add(kind.__name__)
    gc.freeze()
    assert {"Config", "Site", "Tenancy", "Vault", "Smtp"} <= seen
    assert wrong == set()


def _printed(each: Any) -> str:
    try:
        return f"{each!r} {each!s}"
    except Exception as error:
        return repr(error)
