"""What is looked at before a process serves or works: what keeps it from that, and what it should not go without."""

import socket
from collections.abc import Iterator

import click

from frontdesk.errors import Misconfigured
from frontdesk.sentences import in_english
from frontdesk_tenants.channels import LiveChannel
from frontdesk_tenants.durability import what_may_be_lost
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config

NO_MAIL_SERVER = (
    "No mail server is set, so no passcode and no letter can be sent: staff cannot sign in, and customers only where"
    " their tenant has a passcode channel of its own. Set SMTP_HOST and SMTP_SENDER."
)


async def warn(config: Config, tenancy: Tenancy) -> None:
    """Say loudly what may lose acknowledged work, and that nobody can be sent a passcode where that is so."""
    for sentence in (*await what_may_be_lost(tenancy.database), *mail_troubles(config, tenancy)):
        click.secho(f"WARNING: {sentence}", fg="red", bold=True, err=True)


def mail_troubles(config: Config, tenancy: Tenancy) -> Iterator[str]:
    """A sentence where nothing carries the operator's letters. No server is asked."""
    try:
        operators_channel(config, tenancy)
    except Misconfigured as error:
        yield NO_MAIL_SERVER if config.smtp is None else f"No letter can be sent: {in_english(error.message)}"


def operators_channel(config: Config, tenancy: Tenancy) -> LiveChannel:
    """The channel of the operator's letters. Raises Misconfigured where there is none."""
    return tenancy.channels.operators(HOUSE, {} if config.smtp is None else config.smtp.as_settings())


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on. Raises Misconfigured."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise Misconfigured(
            f"Nothing can listen at {host}, port {port}: {error.strerror}. Choose others with --host and --port.",
            "port",
        ) from error
