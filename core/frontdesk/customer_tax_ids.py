"""A customer's tax ids: added, taken away, and what was found out about them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, UpdateBillingDetails
from frontdesk.desk import Desk
from frontdesk.errors import Refusal, Refused
from frontdesk.refusals import no_such
from frontdesk.tax_id_types import checked_id, country_of
from frontdesk.tax_ids import TaxId, TaxIdStatus, Verification

MOST = 5
"""Tax ids of one customer, as on Stripe's pages."""
REGISTERED = frozenset({"eu_vat", "gb_vat", "au_abn"})
"""Types that have a register which can be asked (docs.stripe.com/billing/customer/tax-ids)."""
ID_LENGTH = 22
"""Of an id behind its prefix (`frontdesk.ids`)."""
_SANDBOX: dict[str, TaxIdStatus] = {"0": "verified", "1": "unverified", "2": "pending"}


def new_tax_id(id: str, type: str, value: str, now: datetime, *, livemode: bool, param: str = "value") -> TaxId:
    """A tax id that nobody has asked about. In a sandbox nobody is asked: an id whose digits are all 0 is verified, all
    1 unverified, all 2 pending, as at Stripe; any other is pending.

    Raises:
        Refused: it is not written as ids of its type are.
    """
    value = checked_id(type, value, param)
    verification = None
    if type in REGISTERED:
        status: TaxIdStatus = "pending"
        digits = {each for each in value if each.isdigit()}
        if not livemode and len(digits) == 1:
            status = _SANDBOX.get(digits.pop(), status)
        verification = Verification(status=status, at=None if status == "pending" else now)
    return TaxId(id=id, type=type, value=value, created=now, country=country_of(type, value), verification=verification)


def with_id(present: Sequence[TaxId], new: TaxId) -> tuple[TaxId, ...]:
    """Tax ids and one more. Raises Refused where it is there already, or there are too many."""
    if any((each.type, each.value) == (new.type, new.value) for each in present):
        raise Refused(
            Refusal(
                code="tax_id_exists",
                for_customer="This number is there already.",
                for_tenant="The customer has this tax id already.",
                param="value",
            )
        )
    if len(present) >= MOST:
        raise Refused(
            Refusal(
                code="too_many_tax_ids",
                for_customer="There are as many numbers as there can be. Please remove one first.",
                for_tenant="A customer has at most {most} tax ids.",
                parameters={"most": MOST},
            )
        )
    return (*present, new)


def id_for(customer: str, made: str) -> str:
    """The id of a tax id of a customer, from a fresh one: it ends in the customer's, by which it is found."""
    return made + customer.partition("_")[2]


def owner_of(id: str) -> str:
    """The customer whose tax id an id looks like."""
    return "cus_" + id.partition("_")[2][ID_LENGTH:]


async def add(desk: Desk, new: TaxId) -> Changes:
    """Add a tax id. Raises Refused."""
    return await _save(desk, with_id(desk.account.customer.tax_ids, new))


async def remove(desk: Desk, id: str) -> Changes:
    """Take a tax id away; issued invoices keep it. Raises Refused for an unknown one."""
    found(desk.account.customer.tax_ids, id)
    return await _save(desk, tuple(each for each in desk.account.customer.tax_ids if each.id != id))


async def verify(desk: Desk, id: str, verification: Verification) -> Changes:
    """Keep what was found out about a tax id. Raises Refused for an unknown one."""
    known = found(desk.account.customer.tax_ids, id)
    after = replace(known, verification=verification)
    if after == known:
        return Changes()
    return await _save(desk, tuple(after if each.id == id else each for each in desk.account.customer.tax_ids))


def found(tax_ids: Sequence[TaxId], id: str) -> TaxId:
    """The tax id with this id. Raises Refused for an unknown one."""
    for each in tax_ids:
        if each.id == id:
            return each
    raise Refused(no_such("tax_id", id, "id"))


def not_asked(before: Verification | None) -> Verification | None:
    """What is known of a tax id after its register could not be asked: what was known before."""
    if before is None or before.status in ("verified", "unverified"):
        return before
    return Verification(status="unavailable")


async def _save(desk: Desk, tax_ids: tuple[TaxId, ...]) -> Changes:
    return await do(desk, UpdateBillingDetails(details=BillingDetails(tax_ids=tax_ids)))
