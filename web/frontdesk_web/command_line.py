"""The `frontdesk` command.

What only one command needs is imported by it: a web process stays as small as it can be.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import msgspec
from msgspec.structs import asdict

from frontdesk.branding import Brand, BrandInvalid, Font, Radius
from frontdesk.errors import FrontdeskError, Misconfigured, Refused, Unavailable, filled
from frontdesk.plugins import PluginConflict, PluginHost, allow_list
from frontdesk_tenants import enabling, files, provisioning, suspending
from frontdesk_tenants.database import clock
from frontdesk_tenants.database_addresses import reason_of
from frontdesk_tenants.directory import Door
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config
from frontdesk_web.doctor_command import doctor
from frontdesk_web.key_commands import keys
from frontdesk_web.languages import LOCALES
from frontdesk_web.links import login_link
from frontdesk_web.logs import log_to_stderr
from frontdesk_web.opened_tenancy import own_config, with_tenancy
from frontdesk_web.operator_commands import operators
from frontdesk_web.starting import refuse_taken_port, warn

_FONTS = "Font of pages: " + ", ".join(each.value for each in Font) + "."


def main() -> None:
    """Run the command; a failure is one sentence that says what to do, and exit code 1."""
    log_to_stderr(logging.WARNING)
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (FrontdeskError, PluginConflict, BrandInvalid) as error:
        print(f"frontdesk: {_sentence(error)}", file=sys.stderr)
        sys.exit(1)


def _sentence(error: Exception) -> str:
    if isinstance(error, Refused):
        return filled(error.refusal.for_tenant, error.refusal.parameters)
    reason = reason_of(error) if isinstance(error, Unavailable) else None
    return str(error) if reason is None else f"{str(error).rstrip('.')}: {reason}."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="frontdesk-web", prog_name="frontdesk", message="%(prog)s %(version)s")
def cli() -> None:
    """A billing portal for every SaaS platform that you host.

    To try it: `frontdesk demo`. To run it: `migrate`, then `serve` and `worker`, side by side, and `operators add` for
    yourself. Settings are environment variables, which README.md lists under "Run it for real"; where DATABASE_URL is
    not set, PostgreSQL and Valkey are started in FRONTDESK_DATA (.frontdesk).
    """


@cli.command()
def migrate() -> None:
    """Bring the database up to date: at first, and after each update.

    It connects as the role in DATABASE_OWNER_URL, and lets the one in DATABASE_URL use what it makes. Processes of the
    release before go on working.
    """
    from frontdesk_tenants.migrating import migrate as migrate_schema

    config = own_config()
    if config.database_owner_url is None:
        raise Misconfigured("Set DATABASE_OWNER_URL to the role that owns the schema.", "DATABASE_OWNER_URL")
    migrate_schema(config.database_owner_url, _role(config.database_url))
    print("The database is up to date.")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve portals, dashboard and API.

    It speaks plain HTTP, and belongs behind a proxy that ends TLS and hands the Host header on. Any number may run.
    Letters, renewals and webhooks are the business of `frontdesk worker`.
    """
    import uvicorn

    config = own_config()
    # A database or a key that is wrong is told in one sentence, before any web process fails on it.
    refuse_taken_port(host, port)
    with_tenancy(config, partial(warn, config))
    print(f"Serving {config.base_url} at http://{host}:{port}.", flush=True)
    if config.plain_http:
        print("Plain http: cookies are neither Secure nor __Host-. Only for trying things out on this machine.")
    uvicorn.run(
        "frontdesk_web.serving:app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        ws="none",
    )


@cli.command()
def worker() -> None:
    """Do what happens later: letters, renewals, webhooks, imports.

    Without one no passcode is sent. Any number may run; SIGTERM lets one finish what it has begun.
    """
    from frontdesk_web.site import Site
    from frontdesk_web.worker import run_worker

    log_to_stderr()
    config = own_config()
    with_tenancy(config, partial(warn, config))
    asyncio.run(run_worker(Site(config)))


@cli.group()
def tenants() -> None:
    """The tenants of this Frontdesk."""


@tenants.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="The name that customers know.")
@click.option("--currency", required=True, help="Default currency, an ISO code such as eur.")
@click.option("--locale", default="en", show_default=True, type=click.Choice(LOCALES), help="Default language.")
@click.option("--country", default=None, help="ISO code of the seller's country, such as DE.")
@click.option("--backend", default="invoice_only", show_default=True, help="Billing backend: a plugin.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create(slug: str, name: str, currency: str, locale: str, country: str | None, backend: str, as_json: bool) -> None:
    """Make a tenant; its keys and login links are printed once.

    SLUG is its name in addresses, such as acme. It has two sides, live and sandbox, which share nothing.
    """
    new = provisioning.NewTenant(
        slug=slug,
        name=name,
        currency=currency.lower(),
        locale=locale,
        country=country and country.upper(),
        backend=backend,
    )
    config = own_config()

    async def make(tenancy: Tenancy) -> tuple[provisioning.Keys, provisioning.Keys]:
        return await provisioning.create_tenant(tenancy, new)

    sides = with_tenancy(config, make)
    told = {("live" if keys.door.livemode else "sandbox"): _told(config, keys) for keys in sides}
    if as_json:
        print(msgspec.json.format(msgspec.json.encode({"slug": slug, **told}), indent=2).decode())
        return
    print(f"{name} is ready. The secret keys are shown this once.")
    for side, values in told.items():
        print(f"\n{side}")
        for label, value in values.items():
            print(f"  {label.replace('_', ' '):<16}{value}")


@tenants.command("list")
def list_tenants() -> None:
    """Name the tenants there are."""
    for slug in with_tenancy(own_config(), provisioning.slugs):
        print(slug)


@tenants.command("suspend")
@click.argument("slug")
@click.option("--reason", required=True, help="Why, for the tenant's staff to read.")
def suspend(slug: str, reason: str) -> None:
    """Suspend a tenant, on both sides.

    Its customers still sign in, read and cancel; nobody changes anything else, and renewals wait.
    """

    async def work(tenancy: Tenancy) -> None:
        await suspending.suspend(tenancy, tuple(await _doors(tenancy, slug, None)), reason, provisioning.OPERATOR)

    with_tenancy(own_config(), work)
    print(f"{slug} is suspended. `frontdesk tenants lift {slug}` lifts it.")


@tenants.command("lift")
@click.argument("slug")
@click.option("--reason", default="", help="For the audit.")
def lift(slug: str, reason: str) -> None:
    """Lift a suspension. Renewals that waited are caught up in order."""

    async def work(tenancy: Tenancy) -> None:
        await suspending.lift(tenancy, tuple(await _doors(tenancy, slug, None)), reason, provisioning.OPERATOR)

    with_tenancy(own_config(), work)
    print(f"{slug} works again.")


@tenants.command("brand")
@click.argument("slug")
@click.option("--name", help="Business name.")
@click.option("--headline", help="Beside every page; at most 60 characters.")
@click.option("--background", help="Background colour, such as #14213d.")
@click.option("--accent", help="Colour of buttons and links, such as #2f6bff.")
@click.option("--font", type=click.Choice([each.value for each in Font]), metavar="NAME", help=_FONTS)
@click.option("--radius", type=click.Choice([each.value for each in Radius]), help="Shape of corners.")
@click.option("--icon", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Square PNG, JPEG or GIF.")
@click.option("--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PNG, JPEG or GIF.")
@click.option("--privacy-url", help="Privacy policy.")
@click.option("--terms-url", help="Terms of service.")
@click.option("--refund-url", help="Refund policy.")
@click.option("--website", help="The tenant's own website.")
@click.option("--support-email", help="Where customers ask for help.")
@click.option("--support-phone", help="Likewise, with the country: +49 30 901820.")
@click.option("--support-url", help="Help centre.")
@click.option("--statement-descriptor", help="5 to 22 Latin characters, as banks print them.")
@click.option("--short-descriptor", help="2 to 10 Latin characters, before a product's own words.")
def brand(slug: str, icon: Path | None, logo: Path | None, **parts: str | None) -> None:
    """Set how a tenant looks, on both sides; what is left out stays."""
    changed = {field.replace("-", "_"): value for field, value in parts.items() if value is not None}
    if "name" in changed:
        changed["business_name"] = changed.pop("name")

    async def apply(tenancy: Tenancy) -> None:
        for door in await _doors(tenancy, slug, None):
            await brand_side(tenancy, door, changed, icon, logo)

    with_tenancy(own_config(), apply)
    print(f"{slug} has its new brand.")


async def brand_side(
    tenancy: Tenancy, door: Door, changed: Mapping[str, str], icon: Path | None, logo: Path | None
) -> None:
    """Set parts of one side's brand. Raises BrandInvalid or Misconfigured."""
    from frontdesk_web.images import raster

    async with tenancy.at(door) as (connection, side):
        values: dict[str, object] = {**asdict(side.brand), **changed}
        for field, path in (("icon_file", icon), ("logo_file", logo)):
            if path is not None:
                image = raster(path.read_bytes(), field.removesuffix("_file"), square=path is icon)
                values[field] = await files.keep(connection, door.tenant_id, image, await clock(connection))
    try:
        brand = msgspec.convert(values, Brand)
    except msgspec.ValidationError as error:
        raise error.__cause__ or error from None
    await provisioning.brand_side(tenancy, door, brand)


cli.add_command(operators)
cli.add_command(keys)
cli.add_command(doctor)


@cli.group()
def plugins() -> None:
    """What is plugged in."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_plugins(as_json: bool) -> None:
    """Say which plugins are installed, and which are left out and why.

    FRONTDESK_PLUGINS names those that may load, with commas between; unset means all.
    """
    host = PluginHost.load(allow_list(os.environ.get("FRONTDESK_PLUGINS")))
    installed, broken = host.installed(), host.broken()
    if as_json:
        print(msgspec.json.format(msgspec.json.encode({"installed": installed, "broken": broken}), indent=2).decode())
        return
    for each in installed:
        print(f"{each.name:<20}{each.distribution} {each.version}  {', '.join(each.hooks)}")
    for left_out in broken:
        print(f"{left_out.name:<20}broken: {left_out.reason}")
    if not installed and not broken:
        print("No plugins are installed.")


@plugins.command("enable")
@click.argument("plugin")
@click.option("--tenant", "slug", required=True, metavar="SLUG", help="Whose; both sides unless --side says one.")
@click.option("--side", type=click.Choice(["live", "sandbox"]), help="Only this side.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting; may be repeated.")
def enable_plugin(plugin: str, slug: str, side: str | None, settings: tuple[str, ...]) -> None:
    """Switch a plugin on for a tenant.

    PLUGIN is its name in `frontdesk plugins list`. Settings that are given take the place of all that were there.
    """
    pairs = [each.partition("=") for each in settings]
    if any(not equals for _, equals, _ in pairs):
        raise Misconfigured("Write each setting as --set NAME=VALUE.", "set")
    values = {name: value for name, _, value in pairs}

    async def work(tenancy: Tenancy) -> None:
        for door in await _doors(tenancy, slug, side):
            await enabling.enable(tenancy, door, plugin, values, provisioning.OPERATOR)

    with_tenancy(own_config(), work)
    print(f"{plugin} is on for {slug}.")


@plugins.command("disable")
@click.argument("plugin")
@click.option("--tenant", "slug", required=True, metavar="SLUG", help="Whose; both sides unless --side says one.")
@click.option("--side", type=click.Choice(["live", "sandbox"]), help="Only this side.")
def disable_plugin(plugin: str, slug: str, side: str | None) -> None:
    """Switch a plugin off for a tenant; its settings stay stored."""

    async def work(tenancy: Tenancy) -> None:
        for door in await _doors(tenancy, slug, side):
            await enabling.disable(tenancy, door, plugin, provisioning.OPERATOR)

    with_tenancy(own_config(), work)
    print(f"{plugin} is off for {slug}.")


async def _doors(tenancy: Tenancy, slug: str, side: str | None) -> list[Door]:
    doors = await tenancy.directory.of_firm(slug)
    if not doors:
        raise Misconfigured(f"There is no tenant {slug}. `frontdesk tenants list` names them.", "slug")
    return [each for each in doors if side is None or each.livemode == (side == "live")]


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--data",
    default=Path(".demo"),
    type=click.Path(file_okay=False, path_type=Path),
    show_default=True,
    help="Where all of it is kept; remove it to begin anew.",
)
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Written as JSON once it answers.")
def demo(port: int, data: Path, ready_file: Path | None) -> None:
    """Serve two made-up tenants, and a mailbox for their passcodes.

    At 127.0.0.1 alone, with a PostgreSQL and a Valkey of its own: nothing else is needed. It prints where to sign in.
    """
    from frontdesk_web.demo.running import run_demo

    run_demo(port, data, ready_file)


def _told(config: Config, keys: provisioning.Keys) -> dict[str, str]:
    return {
        "secret_key": keys.secret_key.reveal(),
        "publishable_key": keys.publishable_key,
        "login_link": login_link(config, keys.door, keys.login_token),
    }


def _role(database_url: str) -> str:
    role = urlsplit(database_url).username
    if not role:
        raise Misconfigured("DATABASE_URL must name its role: postgresql://role@host/database.", "DATABASE_URL")
    return unquote(role)
