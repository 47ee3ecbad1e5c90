"""The address of an invoice's own page, which needs no sign-in: `/p/invoice/{token}`.

The token names the side, the invoice and the last day on which it is good, and proves itself, so nothing of it is
stored: an HMAC under the key of this installation stands behind it. Whoever has it sees this one invoice.
"""

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from frontdesk.book import Invoice
from frontdesk.invoice_links import good_until, has_page
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.vault import Vault
from frontdesk_web.config import Config
from frontdesk_web.csrf import is_token_of, token_of

_PURPOSE = "invoice link"
_TOKEN = re.compile(r"([0-9A-Za-z]+_[0-9A-Za-z_]{1,200})\.([0-9]{1,6})\.([A-Za-z0-9_-]{43})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


class NamedInvoice(Struct, frozen=True):
    """What a token names: an invoice by its id, and until when the link is good."""

    id: str
    good_until: datetime


def invoice_token(vault: Vault, door: Door, invoice: Invoice, now: datetime) -> str:
    """The token for an issued invoice, given away at `now`, which is real time."""
    named = f"{invoice.id}.{(good_until(invoice, now) - _EPOCH) // _DAY}"
    return f"{door.public_id}{named}.{token_of(vault, _PURPOSE, _proven(door, named))}"


def invoice_path(token: str) -> str:
    """The path of an invoice's own page."""
    return f"/p/invoice/{token}"


def invoice_url(config: Config, vault: Vault, door: Door, invoice: Invoice, now: datetime) -> str | None:
    """The address of an invoice's own page; None for a draft, which has none."""
    return config.url(invoice_path(invoice_token(vault, door, invoice, now))) if has_page(invoice) else None


def named_in(vault: Vault, door: Door, token: str) -> NamedInvoice | None:
    """What a token of a side names, in time or not; None where it was not made here."""
    found = _TOKEN.fullmatch(token[PUBLIC_ID_LENGTH:])
    if found is None:
        return None
    id_, day, given = found.groups()
    if not is_token_of(vault, _PURPOSE, _proven(door, f"{id_}.{day}"), given):
        return None
    return NamedInvoice(id_, _EPOCH + int(day) * _DAY)


def _proven(door: Door, named: str) -> str:
    return f"{door.public_id} {named}"
