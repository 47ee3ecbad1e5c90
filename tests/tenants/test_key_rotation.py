"""The master key is changed while everybody works, and a change that is cut off is gone on with (trust.md B29)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from catalog_findings import as_admin
from click.testing import CliRunner, Result
from sides import API, new_tenant, subscribe
from sqlalchemy import insert, select, update

from frontdesk.errors import Misconfigured
from frontdesk.limits import Visitor
from frontdesk.mirroring import Walk
from frontdesk.plugins import PluginHost
from frontdesk.roles import Role
from frontdesk.secret import Secret
from frontdesk.sender_domains import Checks
from frontdesk.webhook_endpoints import WebhookEndpoint
from frontdesk_tenants import (
    configurations,
    enabling,
    identity_providers,
    invitations,
    operators,
    passcodes,
    people,
    second_factors,
    sender_domains,
    sessions,
    sign_up_invitations,
    tables,
    typed_forms,
    webhook_endpoints,
)
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.identities import Client
from frontdesk_tenants.key_rotation import BATCH, count_by_key, rotate, sealed_columns
from frontdesk_tenants.mirrors import secrets_of
from frontdesk_tenants.tables import tenant_plugins
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.vault import Vault, place_of
from frontdesk_web.command_line import cli
from frontdesk_web.csrf import csrf_token, refuse_forged

OLD, NEW = Secret("the old key which is long enough to be one"), Secret("the new key which is long enough to be one")
OLD_ID, NEW_ID = Vault((OLD,)).key_ids[0], Vault((NEW,)).key_ids[0]

Check = Callable[[Tenancy], Awaitable[None]]
Sow = Callable[[Tenancy, Door, int], Awaitable[Check]]


# -- one way to make a secret of each kind, and to see later that it can still be used ---------------------------------


async def sow_settings(tenancy: Tenancy, door: Door, number: int) -> Check:
    settings = {"host": "smtp.example.com", "sender": "a@example.com", "password": f"word {number}"}
    await enabling.enable(tenancy, door, "otp_email", settings, API)

    async def check(later: Tenancy) -> None:
        async with later.at(door) as (connection, _):
            question = select(tenant_plugins.c.settings_sealed).where(tenant_plugins.c.plugin == "otp_email")
            sealed = (await connection.execute(question)).scalar_one()
        assert later.vault.open_settings(bytes(sealed), door.tenant_id, "otp_email")["password"] == f"word {number}"

    return check


async def sow_passcode(tenancy: Tenancy, door: Door, number: int) -> Check:
    address = f"jenny-{number}@example.com"
    async with tenancy.at(door) as (connection, _):
        configuration = await configurations.read_default(connection)
        ask = passcodes.Ask(
            visitor=Visitor(tenant=str(door.tenant_id), address=address, peer=None),
            configuration=configuration.id,
            locale="en",
            allowed=True,
        )
        now = await clock(connection)
        secret = await passcodes.open_challenge(connection, door, tenancy.vault, tenancy.jobs, ask, now)
        challenge = await passcodes.read_challenge(connection, secret)
    assert challenge is not None

    async def check(later: Tenancy) -> None:
        async with later.at(door) as (connection, _):
            now = await clock(connection)
            waiting = await passcodes.read_waiting(connection, door, later.vault, challenge.id, now)
            assert waiting is not None
            assert waiting.code is not None
            judgement = await passcodes.verify(
                connection, door, later.vault, challenge.id, waiting.code, now, limited=False, jobs=later.jobs
            )
        assert judgement.accepted

    return check


async def sow_second_factor(tenancy: Tenancy, door: Door, number: int) -> Check:
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        person = await people.get_or_create(connection, f"staff-{number}@example.com", now)
        enrolment = await second_factors.begin(connection, tenancy.vault, person, "Frontdesk")
        app = pyotp.TOTP(enrolment.secret.reveal())
        codes = await second_factors.confirm(connection, tenancy.vault, person, app.at(now), now)
    assert codes is not None

    async def check(later: Tenancy) -> None:
        async with later.database.side(HOUSE) as connection:
            now = await clock(connection)
            again = datetime.fromtimestamp(now.timestamp() + 30, UTC)
            assert await second_factors.check(connection, later.vault, person, app.at(again), again)
            assert await second_factors.check(connection, later.vault, person, codes[0].reveal(), now)

    return check


async def sow_invitation(tenancy: Tenancy, door: Door, number: int) -> Check:
    async with tenancy.database.side(HOUSE) as connection:
        id_ = await sign_up_invitations.invite(
            connection,
            tenancy.vault,
            tenancy.jobs,
            address=f"guest-{number}@example.com",
            locale="en",
            actor=API,
            now=await clock(connection),
        )

    async def check(later: Tenancy) -> None:
        async with later.database.side(HOUSE) as connection:
            token = await sign_up_invitations.read_token(connection, later.vault, id_)
            assert token is not None
            found = await sign_up_invitations.by_token(connection, token)
        assert found is not None
        assert found.id == id_

    return check


async def sow_operator(tenancy: Tenancy, door: Door, number: int) -> Check:
    address = f"operator-{number}@example.com"
    await operators.add_operator(tenancy, address)

    async def check(later: Tenancy) -> None:
        assert await operators.is_operator(later, address)

    return check


async def sow_sender(tenancy: Tenancy, door: Door, number: int) -> Check:
    keys = await sender_domains.new_key_pair()
    async with tenancy.at(door) as (connection, _):
        now = await clock(connection)
        own = {"local_part": "billing", "domain": f"tenant-{number}.example.com"}
        await sender_domains.claim(connection, tenancy.vault, door.tenant_id, **own, keys=keys, actor=API, now=now)
        # As if its records had been found.
        checks = Checks(added=now).after(True, now)
        await connection.execute(update(tables.sender_domains).values(checks=checks))

    async def check(later: Tenancy) -> None:
        async with later.at(door) as (connection, _):
            sender = await sender_domains.sender_of(connection, later.vault, door.tenant_id, await clock(connection))
        assert sender is not None
        assert sender.dkim.private_key == keys.private

    return check


async def sow_provider(tenancy: Tenancy, door: Door, number: int) -> Check:
    (live, _) = await tenancy.directory.both(door)
    client = Client(issuer="https://login.example.com", client_id="frontdesk", client_secret=Secret(f"word {number}"))
    async with tenancy.database.side(live.tenant_id) as connection:
        await identity_providers.put(connection, tenancy.vault, live, client, await clock(connection))

    async def check(later: Tenancy) -> None:
        async with later.database.side(live.tenant_id) as connection:
            stored = await identity_providers.read(connection, later.vault, live)
        assert stored is not None
        assert stored.client.client_secret == client.client_secret

    return check


async def sow_typed_form(tenancy: Tenancy, door: Door, number: int) -> Check:
    customer = await subscribe(tenancy, door, None)
    typed = typed_forms.Typed("/p/shop/details", {"city": f"Bremen {number}"})
    async with tenancy.at(door) as (connection, _):
        now = await clock(connection)
        configuration = await configurations.read_default(connection)
        _, secret = await sessions.open_session(
            connection,
            door,
            address="jenny@example.com",
            customer=customer,
            configuration=configuration.id,
            locale=None,
            now=now,
        )
        session = await sessions.read_session(connection, secret)
        assert session is not None
        assert await typed_forms.keep(connection, tenancy.vault, door.tenant_id, session, typed, now)

    async def check(later: Tenancy) -> None:
        async with later.at(door) as (connection, _):
            found = await typed_forms.take(connection, later.vault, door.tenant_id, session, typed.page, now)
            assert found == typed.fields
            # As it was: it is looked at more than once here.
            await typed_forms.keep(connection, later.vault, door.tenant_id, session, typed, now)

    return check


async def sow_webhook_secrets(tenancy: Tenancy, door: Door, number: int) -> Check:
    """An endpoint whose secret was just replaced, so that two of them sign."""
    async with tenancy.at(door) as (connection, _):
        now = await clock(connection)
        endpoint = WebhookEndpoint(id=f"we_{number}", url="https://hooks.example.com/", types=("*",), created=now)
        old = await webhook_endpoints.create(connection, tenancy.vault, door, endpoint, actor=API)
        day = timedelta(days=1)
        new = await webhook_endpoints.roll(connection, tenancy.vault, door, endpoint, day, actor=API, now=now)

    async def check(later: Tenancy) -> None:
        async with later.at(door) as (connection, _):
            found = await webhook_endpoints.secrets_of(connection, later.vault, door, endpoint.id, now)
        assert [each.reveal() for each in found] == [new.reveal(), old.reveal()]

    return check


async def sow_mirror(tenancy: Tenancy, door: Door, number: int) -> Check:
    (check,) = await sow_mirrors(tenancy, door, [number])
    return check


async def sow_mirrors(tenancy: Tenancy, door: Door, numbers: Iterable[int]) -> list[Check]:
    """The endpoints of remote backends whose secret was just replaced, so that either may have signed."""
    columns, told = tables.mirrors.c, {f"backend_{number}": _mirror_secrets(number) for number in numbers}
    async with tenancy.at(door) as (connection, _):
        now = await clock(connection)
        rows = [
            {
                "tenant_id": door.tenant_id,
                "backend": backend,
                "account": "acct_1",
                "name": "Example",
                "missing": (),
                "connected_at": now,
                "path_token": "path",
                "imported": Walk(),
                "walked": Walk(),
                "last_heard": now,
                "former_until": now + timedelta(days=1),
                **{
                    name: tenancy.vault.seal(secret.encode(), door.tenant_id, place_of(columns[name], backend))
                    for name, secret in secrets.items()
                },
            }
            for backend, secrets in told.items()
        ]
        await connection.execute(insert(tables.mirrors), rows)

    def checking(backend: str) -> Check:
        async def check(later: Tenancy) -> None:
            async with later.at(door) as (connection, _):
                row = (await connection.execute(select(tables.mirrors).where(columns.backend == backend))).one()
            found = secrets_of(later, door.tenant_id, row, now)
            assert [each.reveal() for each in found] == list(told[backend].values())

        return check

    return [checking(backend) for backend in told]


def _mirror_secrets(number: int) -> dict[str, str]:
    return {"secret_sealed": f"whsec_new_{number}", "former_sealed": f"whsec_old_{number}"}


async def sow_nothing_more(tenancy: Tenancy, door: Door, number: int) -> Check:
    """Of what another sower has sown."""

    async def check(later: Tenancy) -> None:
        return

    return check


SOWERS: dict[str, Sow] = {
    "tenant_plugins.settings_sealed": sow_settings,
    "challenges.code_sealed": sow_passcode,
    "sessions.typed_sealed": sow_typed_form,
    "sender_domains.key_sealed": sow_sender,
    "sign_up_invitations.token_sealed": sow_invitation,
    "people.totp_sealed": sow_second_factor,
    "lasting_keys.key_sealed": sow_operator,
    "identity_providers.secret_sealed": sow_provider,
    "webhook_endpoints.secret_sealed": sow_webhook_secrets,
    "webhook_endpoints.former_sealed": sow_nothing_more,
    "mirrors.secret_sealed": sow_mirror,
    "mirrors.former_sealed": sow_nothing_more,
}
"""A new sealed column comes with a way to make one, so that the tests below turn its key too."""


@pytest.fixture
def addresses(fresh_database: Callable[[], PostgresAddresses]) -> PostgresAddresses:
    return fresh_database()


@asynccontextmanager
async def opened(addresses: PostgresAddresses, *keys: Secret, any_keys: bool = False) -> AsyncIterator[Tenancy]:
    tenancy = Tenancy(addresses.app_url, keys, PluginHost.load())
    await tenancy.open(any_keys=any_keys)
    try:
        yield tenancy
    finally:
        await tenancy.aclose()


async def sown(tenancy: Tenancy, each: int = 1) -> list[Check]:
    tenants = [await new_tenant(tenancy) for _ in range(2)]
    return [await sow(tenancy, tenants[number % 2].door, number) for sow in SOWERS.values() for number in range(each)]


# -- the catalogue ----------------------------------------------------------------------------------------------------


async def test_every_column_that_holds_something_sealed_is_known(addresses: PostgresAddresses) -> None:
    """By its name, and by what PostgreSQL holds: a ciphertext begins with its key's id."""
    declared = {f"{each.table.name}.{each.name}": each for each in sealed_columns()}
    async with opened(addresses, OLD) as tenancy:
        await sown(tenancy, each=2)
    with as_admin(addresses) as admin:
        columns = admin.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        ).fetchall()
        named = {f"{table}.{column}" for table, column, _ in columns if column.endswith("_sealed")}
        holding = {
            f"{table}.{column}"
            for table, column, kind in columns
            if kind == "bytea"
            and admin.execute(
                f'SELECT 1 FROM "{table}" WHERE length("{column}") > 16 AND substr("{column}", 1, 4) = %s LIMIT 1',
                [OLD_ID],
            ).fetchone()
        }
    assert named == holding == declared.keys() == SOWERS.keys()


# -- rotation ---------------------------------------------------------------------------------------------------------


async def test_nothing_is_left_under_the_old_key_and_everything_still_opens(addresses: PostgresAddresses) -> None:
    async with opened(addresses, OLD) as tenancy:
        checks = await sown(tenancy, each=2)
        bound = csrf_token(tenancy.vault, "sess_1")
    async with opened(addresses, NEW, OLD) as tenancy:
        before = await count_by_key(tenancy)
        assert all(each[OLD_ID] and not each[NEW_ID] for each in before.values())
        # A page that was open keeps its token.
        refuse_forged(tenancy.vault, "sess_1", bound)
        told: list[int] = []
        outcome = await rotate(tenancy, told.append)
        assert outcome.unreadable == ()
        assert outcome.waiting == 0
        assert outcome.resealed == told[-1] == sum(each[OLD_ID] for each in before.values())
        assert await count_by_key(tenancy) == {name: {NEW_ID: each[OLD_ID]} for name, each in before.items()}
        assert (await rotate(tenancy)).resealed == 0
        # Codes are checked against the pepper of their day, which needs the old key for ten minutes more.
        codes = [check for check in checks if check.__qualname__.startswith("sow_passcode")]
        for check in codes:
            await check(tenancy)
    async with opened(addresses, NEW, any_keys=True) as tenancy:
        for check in checks:
            if check not in codes:
                await check(tenancy)


async def test_an_invitation_whose_letter_is_late_has_the_link_that_it_was_made_with(
    addresses: PostgresAddresses,
) -> None:
    async with opened(addresses, OLD) as tenancy:
        live = (await new_tenant(tenancy)).live.door
        async with tenancy.database.side(live.tenant_id) as connection:
            made = await invitations.invite(
                connection,
                tenancy.vault,
                live,
                address="robin@example.com",
                role=Role.SUPPORT,
                invited_by="stf_1",
                now=await clock(connection),
            )
        link = invitations.secret_of(tenancy.vault, live, made.id)
    async with opened(addresses, NEW, OLD) as tenancy, tenancy.database.side(live.tenant_id) as connection:
        assert await invitations.secret_to_send(connection, tenancy.vault, live, made.id) == link
        found = await invitations.find(connection, link.reveal(), await clock(connection))
        assert found is not None
        with pytest.raises(LookupError):
            await invitations.secret_to_send(connection, Vault((NEW,)), live, made.id)


async def test_a_secret_that_no_key_opens_is_named_and_stops_nothing(addresses: PostgresAddresses) -> None:
    async with opened(addresses, OLD) as tenancy:
        await sown(tenancy, each=2)
    with as_admin(addresses) as admin:
        admin.execute(
            "UPDATE people SET totp_sealed = substr(totp_sealed, 1, 20) || '\\x00' "
            "WHERE address = 'staff-0@example.com'"
        )
    async with opened(addresses, NEW, OLD) as tenancy:
        outcome = await rotate(tenancy)
        (lost,) = outcome.unreadable
        assert lost.tenant_id == HOUSE
        assert lost.place.startswith("people.totp_sealed.")
        assert outcome.waiting == 0
        counts = await count_by_key(tenancy)
        assert {name: each[OLD_ID] for name, each in counts.items() if each[OLD_ID]} == {"people.totp_sealed": 1}


async def test_a_row_that_somebody_holds_is_left_for_later(addresses: PostgresAddresses) -> None:
    async with opened(addresses, OLD) as tenancy:
        await sown(tenancy)
    async with opened(addresses, NEW, OLD) as tenancy:
        with as_admin(addresses) as admin:
            admin.execute("SELECT FROM challenges FOR UPDATE")
            assert (await rotate(tenancy)).waiting == 1
        assert (await rotate(tenancy)).resealed == 1


def environment(addresses: PostgresAddresses, *keys: Secret) -> dict[str, str]:
    """What an operator has set."""
    return {
        "DATABASE_URL": addresses.app_url,
        "FRONTDESK_BASE_URL": "https://billing.example.com",
        "FRONTDESK_MASTER_KEY": ",".join(each.reveal() for each in keys),
    }


async def test_a_rotation_that_is_killed_under_load_is_gone_on_with(addresses: PostgresAddresses) -> None:
    """Processes with both keys, in both orders, go on sealing and opening; none fails, and no secret is left behind."""
    async with opened(addresses, OLD) as tenancy:
        checks = await sown(tenancy)
        door = (await new_tenant(tenancy)).door
        # Of one kind more than are sealed at once: of the one that takes a single statement.
        checks += (await sow_mirrors(tenancy, door, range(100, 100 + 2 * BATCH)))[::10]
    stop = asyncio.Event()

    async def work(keys: tuple[Secret, Secret], number: int) -> None:
        async with opened(addresses, *keys, any_keys=True) as tenancy:
            door = (await new_tenant(tenancy)).door
            while not stop.is_set():
                for sow in SOWERS.values():
                    if sow in (sow_sender, sow_webhook_secrets):
                        continue  # a key pair takes too long to make, and a side has sixteen endpoints at most
                    number += 1
                    await (await sow(tenancy, door, number))(tenancy)
                    # Whoever never rests makes new secrets faster than old ones are sealed anew.
                    await asyncio.sleep(0.05)

    process = subprocess.Popen(  # noqa: ASYNC220 - it is there before the load begins
        [Path(sys.executable).with_name("frontdesk"), "keys", "rotate"],
        env={**os.environ, **environment(addresses, NEW, OLD)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    await asyncio.to_thread(process.stdout.readline)
    async with asyncio.TaskGroup() as group:
        group.create_task(work((OLD, NEW), 10_000))
        group.create_task(work((NEW, OLD), 20_000))
        line = await asyncio.to_thread(process.stdout.readline)
        process.kill()
        await asyncio.to_thread(process.communicate)
        assert line.endswith(" sealed anew\n")
        async with opened(addresses, NEW, OLD) as tenancy:
            left = sum(each[OLD_ID] for each in (await count_by_key(tenancy)).values())
            assert left > 0
            assert (await rotate(tenancy)).resealed >= left - 1
        stop.set()
    async with opened(addresses, NEW, OLD) as tenancy:
        # One process sealed with the old key to the end.
        await rotate(tenancy)
        assert not any(each[OLD_ID] for each in (await count_by_key(tenancy)).values())
        for check in checks:
            await check(tenancy)


async def told_by(env: dict[str, str], *arguments: str) -> Result:
    """What a command of `frontdesk keys` says."""
    return await asyncio.to_thread(CliRunner(env=env).invoke, cli, ["keys", *arguments])


# -- the keys that a database knows -----------------------------------------------------------------------------------


async def test_an_old_key_can_be_taken_away_once_nothing_needs_it(addresses: PostgresAddresses) -> None:
    async with opened(addresses, OLD) as tenancy:
        # One of each, and the key that recovery codes are digested with.
        await sown(tenancy)
    async with opened(addresses, NEW, OLD):
        pass
    for keys in ((NEW,), (OLD,)):
        with pytest.raises(Misconfigured, match="lacks a key that secrets in this database are sealed with"):
            async with opened(addresses, *keys):
                pass
    listed = (await told_by(environment(addresses, NEW), "list")).stdout
    assert f"{OLD_ID.hex()}  missing  {len(SOWERS) + 1} secrets" in listed
    assert f"{NEW_ID.hex()}  in use   0 secrets" in listed
    done = await told_by(environment(addresses, NEW, OLD), "rotate")
    assert done.exit_code == 0
    assert f"{OLD_ID.hex()}  0 secrets left\nThe old keys are not needed any more" in done.stdout
    async with opened(addresses, NEW):
        pass
    listed = (await told_by(environment(addresses, NEW), "list")).stdout
    assert listed.splitlines() == [f"{NEW_ID.hex()}  in use   {len(SOWERS) + 1} secrets"]


async def test_a_key_that_is_lost_can_be_owned_up_to(addresses: PostgresAddresses) -> None:
    async with opened(addresses, OLD) as tenancy:
        door = (await new_tenant(tenancy)).door
        await sow_settings(tenancy, door, 1)
    alone = environment(addresses, NEW)
    done = await told_by(alone, "rotate")
    assert done.exit_code == 1
    assert "No key opens tenant_plugins.settings_sealed.otp_email" in done.stderr
    assert (await told_by(alone, "forget", "no id", "--yes")).exit_code == 2
    done = await told_by(alone, "forget", OLD_ID.hex(), "--yes")
    assert (done.exit_code, done.stdout) == (0, f"{OLD_ID.hex()} is forgotten.\n")
    async with opened(addresses, NEW) as tenancy:
        async with tenancy.at(door) as (connection, _):
            with pytest.raises(Misconfigured, match="Enter them again"):
                await tenancy.channels.of(connection, door.tenant_id, {})
        await (await sow_settings(tenancy, door, 2))(tenancy)
