"""`frontdesk keys`: the master keys that secrets are sealed with, told apart by their public ids."""

import sys
from collections import Counter

import click

from frontdesk_tenants.key_rotation import Outcome, count_by_key
from frontdesk_tenants.key_rotation import rotate as rotate_all
from frontdesk_tenants.master_keys import forget_key, known_keys
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.opened_tenancy import own_config, with_tenancy


@click.group()
def keys() -> None:
    """The master keys that secrets are sealed with.

    They stand in FRONTDESK_MASTER_KEY, with commas between, the one in use first. README.md says how to change it.
    """


@keys.command("list")
def list_keys() -> None:
    """Say which keys there are, and how many secrets each has sealed.

    "missing" is one that seals secrets of this database and is not in FRONTDESK_MASTER_KEY.
    """

    async def look(tenancy: Tenancy) -> tuple[tuple[bytes, ...], tuple[bytes, ...], Counter[bytes]]:
        return tenancy.vault.key_ids, await known_keys(tenancy.database), await _totals(tenancy)

    ours, known, totals = with_tenancy(own_config(), look, any_keys=True)
    for key_id in dict.fromkeys((*ours, *known, *totals)):
        state = "missing" if key_id not in ours else "in use" if key_id == ours[0] else "old"
        click.echo(f"{key_id.hex()}  {state:<8} {totals[key_id]} secrets")


@keys.command()
def rotate() -> None:
    """Seal every secret with the key in use.

    It is the first in FRONTDESK_MASTER_KEY. Do it when all processes have started with that key in front. It may be cut
    off and begun again.
    """

    def tell(resealed: int) -> None:
        click.echo(f"{resealed} sealed anew")

    async def work(tenancy: Tenancy) -> tuple[Outcome, Counter[bytes], tuple[bytes, ...]]:
        outcome = await rotate_all(tenancy, tell)
        totals = await _totals(tenancy)
        needless = tuple(
            each for each in await known_keys(tenancy.database) if each != tenancy.vault.key_ids[0] and not totals[each]
        )
        for each in needless:
            await forget_key(tenancy.database, each)
        return outcome, totals, tenancy.vault.key_ids

    outcome, totals, ours = with_tenancy(own_config(), work, any_keys=True)
    for each in outcome.unreadable:
        click.echo(f"No key opens {each.place} of side {each.tenant_id}.", err=True)
    for key_id in ours:
        click.echo(f"{key_id.hex()}  {totals[key_id]} secrets{'' if key_id == ours[0] else ' left'}")
    if outcome.waiting or outcome.unreadable:
        click.echo("Not all is done: keep the old keys, and run this again.", err=True)
        sys.exit(1)
    if len(ours) > 1:
        click.echo("The old keys are not needed any more: passcodes that are under way end within ten minutes.")


@keys.command()
@click.argument("key_id")
@click.confirmation_option(prompt="What is sealed with this key stays unreadable for ever. Go on?")
def forget(key_id: str) -> None:
    """Start without a key that is lost for good.

    KEY_ID is eight characters, as `frontdesk keys list` prints them. What this key has sealed can never be read again.
    """
    try:
        wanted = bytes.fromhex(key_id)
    except ValueError:
        raise click.BadParameter("an id is eight characters, as `frontdesk keys list` prints them") from None

    async def work(tenancy: Tenancy) -> bool:
        return await forget_key(tenancy.database, wanted)

    known = with_tenancy(own_config(), work, any_keys=True)
    click.echo(f"{key_id} is forgotten." if known else f"{key_id} was not known.")


async def _totals(tenancy: Tenancy) -> Counter[bytes]:
    return sum((await count_by_key(tenancy)).values(), Counter[bytes]())
