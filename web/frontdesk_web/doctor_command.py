"""`frontdesk doctor`: what is wrong with this Frontdesk, in sentences."""

import sys

import click

from frontdesk_tenants.doctor import examine
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.opened_tenancy import own_config, with_tenancy


@click.command()
def doctor() -> None:
    """Look the books of all tenants over. Exit code 1 if something in them cannot be."""

    async def look(tenancy: Tenancy) -> int:
        found = 0
        async for each in examine(tenancy):
            found += 1
            where = "" if each.slug is None else f"{each.slug} ({'live' if each.livemode else 'sandbox'}): "
            click.echo(where + each.sentence)
        return found

    found = with_tenancy(own_config(), look)
    click.echo("All is well." if not found else f"{found} things are wrong. Nothing was changed.")
    if found:
        sys.exit(1)
