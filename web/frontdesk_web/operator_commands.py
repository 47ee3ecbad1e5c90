"""`frontdesk operators`: who runs this Frontdesk, and the way back in for people who lost their second step."""

import click

from frontdesk_tenants.operators import add_operator, reset_second_factor
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.opened_tenancy import own_config, with_tenancy


@click.group()
def operators() -> None:
    """Who runs this Frontdesk."""


@operators.command("add")
@click.argument("address")
def add(address: str) -> None:
    """Let the holder of an e-mail address be an operator.

    They sign in at /operator with a code by e-mail, and set up a second step at the first time.
    """

    async def register(tenancy: Tenancy) -> bool:
        return await add_operator(tenancy, address)

    added = with_tenancy(own_config(), register)
    click.echo(f"{address} is an operator." if added else f"{address} was an operator already.")


@operators.command("reset-second-factor")
@click.argument("address")
def reset(address: str) -> None:
    """Let somebody set up their second step anew.

    For staff or operators who lost it and their recovery codes; all their sessions end. Make sure first that it is they
    who ask.
    """

    async def work(tenancy: Tenancy) -> bool:
        return await reset_second_factor(tenancy, address)

    if not with_tenancy(own_config(), work):
        raise click.ClickException(f"Nobody signs in with the address {address}.")
    click.echo(f"At the next sign-in {address} sets up the second step anew. All their sessions are over.")
