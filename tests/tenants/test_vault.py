"""Secrets at rest open in their own place alone (trust.md B28), and no process starts without its keys (B32)."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from catalog_findings import as_admin
from hypothesis import given
from hypothesis import strategies as st
from sides import API, MASTER_KEY, new_tenant

from frontdesk.errors import Misconfigured
from frontdesk.plugins import PluginHost
from frontdesk.secret import Secret
from frontdesk_tenants import enabling
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.vault import SecretUnreadable, Vault

NEW, OLD = Secret("n" * 32), Secret("o" * 32)
WRONG = "long enough and yet not the one that it was"
A, B = uuid.uuid4(), uuid.uuid4()
PLACES = [
    "tenant_plugins.settings_sealed.stripe",
    "tenant_plugins.settings_sealed.stripe2",
    "people.totp_sealed.stripe",
]


@given(st.binary(max_size=200), st.sampled_from([A, B]), st.sampled_from(PLACES))
def test_a_secret_opens_where_it_was_sealed_and_nowhere_else(plain: bytes, side: uuid.UUID, place: str) -> None:
    vault = Vault((NEW,))
    sealed = vault.seal(plain, side, place)
    assert vault.open(sealed, side, place) == plain
    for elsewhere in [(each, where) for each in (A, B) for where in PLACES if (each, where) != (side, place)]:
        with pytest.raises(SecretUnreadable):
            vault.open(sealed, *elsewhere)


@given(st.binary(min_size=1, max_size=50), st.data())
def test_one_changed_bit_opens_nothing(plain: bytes, data: st.DataObject) -> None:
    vault = Vault((NEW, OLD))
    sealed = bytearray(vault.seal(plain, A, "t.c.r"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SecretUnreadable):
        vault.open(bytes(sealed), A, "t.c.r")
    with pytest.raises(SecretUnreadable):
        vault.open(bytes(sealed[: bit // 8]), A, "t.c.r")


def test_the_same_secret_never_looks_the_same() -> None:
    vault = Vault((NEW,))
    assert len({vault.seal(b"x", A, "t.c.r") for _ in range(1000)}) == 1000


def test_an_old_key_opens_and_the_first_one_seals() -> None:
    before, both, after = Vault((OLD,)), Vault((NEW, OLD)), Vault((NEW,))
    sealed = before.seal(b"x", A, "t.c.r")
    assert both.open(sealed, A, "t.c.r") == b"x"
    with pytest.raises(SecretUnreadable):
        after.open(sealed, A, "t.c.r")
    assert after.open(both.reseal(sealed, A, "t.c.r"), A, "t.c.r") == b"x"
    assert both.token_keys("csrf") == (*after.token_keys("csrf"), *before.token_keys("csrf"))


async def test_settings_that_are_moved_to_another_tenant_are_refused(
    fresh_database: Callable[[], PostgresAddresses],
) -> None:
    """Whoever can write to the database still cannot make one tenant send with another's password."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        ours, theirs = await new_tenant(tenancy), await new_tenant(tenancy)
        for tenant in (ours, theirs):
            settings = {"host": "smtp.example.com", "sender": "a@example.com", "password": tenant.slug}
            await enabling.enable(tenancy, tenant.door, "otp_email", settings, API)
        with as_admin(addresses) as admin:
            admin.execute(
                "UPDATE tenant_plugins SET settings_sealed = "
                "(SELECT settings_sealed FROM tenant_plugins WHERE tenant_id = %s AND plugin = 'otp_email') "
                "WHERE tenant_id = %s AND plugin = 'otp_email'",
                [theirs.door.tenant_id, ours.door.tenant_id],
            )
        async with tenancy.at(ours.door) as (connection, _):
            with pytest.raises(Misconfigured, match="The settings of otp_email cannot be read any more"):
                await tenancy.channels.of(connection, ours.door.tenant_id, {})
        async with tenancy.at(theirs.door) as (connection, _):
            await tenancy.channels.of(connection, theirs.door.tenant_id, {})
    finally:
        await tenancy.aclose()


# -- the keys themselves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [(), ("short",), ("n" * 31,), ("n" * 32, "short"), ("",)])
def test_a_key_that_is_missing_or_short_is_refused(keys: tuple[str, ...]) -> None:
    with pytest.raises(Misconfigured, match="Set FRONTDESK_MASTER_KEY to at least 32 characters"):
        Vault(tuple(map(Secret, keys)))


def test_the_same_key_twice_is_refused() -> None:
    with pytest.raises(Misconfigured, match="names the same key twice"):
        Vault((NEW, OLD, NEW))


@pytest.mark.parametrize(
    ("command", "key", "words"),
    [
        ("serve", None, "Set FRONTDESK_MASTER_KEY to 32 or more random characters, such as `openssl rand -hex"),
        ("worker", "too short to be one", "Set FRONTDESK_MASTER_KEY to at least 32 characters"),
        ("serve", WRONG, "FRONTDESK_MASTER_KEY lacks a key that secrets in this database are sealed with"),
        ("worker", WRONG, "FRONTDESK_MASTER_KEY lacks a key that secrets in this database are sealed with"),
    ],
)
def test_no_process_starts_without_its_keys(
    command: str, key: str | None, words: str, tenancy: Tenancy, postgres: PostgresAddresses
) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": postgres.app_url,
        "FRONTDESK_BASE_URL": "https://billing.example.com",
        "FRONTDESK_MASTER_KEY": key or "",
    }
    done = subprocess.run(
        [Path(sys.executable).with_name("frontdesk"), command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"frontdesk: {words}")
    assert key is None or key not in line
