"""`frontdesk doctor`: what is wrong with this Frontdesk, in sentences."""

import sys
from collections.abc import AsyncIterator

import click

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.sentences import in_english
from frontdesk_tenants.doctor import examine
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config
from frontdesk_web.opened_tenancy import own_config, with_tenancy
from frontdesk_web.starting import mail_troubles, operators_channel


@click.command()
def doctor() -> None:
    """Say what is wrong with this Frontdesk.

    It tries the mail server, and looks over the plugins, PostgreSQL's settings and the books of all tenants. Nothing is
    changed. The exit code is 1 if anything is wrong.
    """
    config = own_config()

    async def look(tenancy: Tenancy) -> int:
        found = 0
        async for sentence in _all(config, tenancy):
            found += 1
            click.echo(sentence)
        return found

    found = with_tenancy(config, look)
    if not found:
        click.echo("All is well.")
        return
    click.echo(
        "One thing is wrong. Nothing was changed." if found == 1 else f"{found} things are wrong. Nothing was changed."
    )
    sys.exit(1)


async def _all(config: Config, tenancy: Tenancy) -> AsyncIterator[str]:
    troubles = tuple(mail_troubles(config, tenancy))
    for trouble in troubles:
        yield trouble
    if not troubles:
        try:
            await operators_channel(config, tenancy).check()
        except (Misconfigured, Unavailable) as error:
            yield f"The mail server in SMTP_HOST takes no letters: {in_english(error.message)}"
    for left_out in tenancy.plugins.broken():
        yield f"The plugin {left_out.name} is left out: {left_out.reason}"
    async for each in examine(tenancy):
        where = "" if each.slug is None else f"{each.slug} ({'live' if each.livemode else 'sandbox'}): "
        yield where + each.sentence
