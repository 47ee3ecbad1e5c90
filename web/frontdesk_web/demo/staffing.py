"""Who works in the demo: an owner for each tenant and an operator, whose second factors a program can use.

They sign in as everybody does: the code arrives in the mailbox, and what their authenticator app would show is
computed from the secret in the ready file.
"""

from datetime import timedelta

from msgspec import Struct

from frontdesk.house_settings import HouseSettings
from frontdesk.roles import Role
from frontdesk_tenants import house_records, people, second_factors, staff
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.operators import add_operator
from frontdesk_tenants.people import Person
from frontdesk_tenants.provisioning import OPERATOR
from frontdesk_web.demo.cast import Company
from frontdesk_web.site import Site

OPERATOR_ADDRESS = "operator@frontdesk.example"
_PRICES = {
    "invoice_only": {"en": "The first 50 invoices of a month are free, then 10 cents each.",
                     "de": "Die ersten 50 Rechnungen eines Monats sind kostenlos, danach 10 Cent je Rechnung."},
}  # fmt: skip


class Employee(Struct, frozen=True, kw_only=True):
    """Somebody who signs in to a dashboard. `totp_secret` is what their authenticator app knows (base32)."""

    email: str
    role: str
    totp_secret: str


async def hire_owner(site: Site, company: Company, live: Door) -> Employee:
    """An owner of a tenant."""
    address = f"owner@{company.support_email.partition('@')[2]}"
    person, secret = await _enrolled(site, address, company.locale)
    async with site.tenancy.database.side(live.tenant_id) as connection:
        await staff.add_member(connection, live.tenant_id, person, Role.OWNER, await clock(connection))
    return Employee(email=address, role=Role.OWNER.value, totp_secret=secret)


async def open_house(site: Site) -> Employee:
    """An operator, who lets everybody sign up."""
    await add_operator(site.tenancy, OPERATOR_ADDRESS)
    _, secret = await _enrolled(site, OPERATOR_ADDRESS, "en")
    settings = HouseSettings(sign_up="open", prices=_PRICES, contact=OPERATOR_ADDRESS)
    async with site.tenancy.database.side(HOUSE) as connection:
        await house_records.save_settings(connection, settings, OPERATOR, await clock(connection))
    await site.house.refresh()
    return Employee(email=OPERATOR_ADDRESS, role="operator", totp_secret=secret)


async def _enrolled(site: Site, address: str, locale: str) -> tuple[Person, str]:
    """Somebody with a second factor that was tried out, some time ago, so that its present code is unused."""
    vault = site.tenancy.vault
    async with site.tenancy.database.side(HOUSE) as connection:
        now = await clock(connection) - timedelta(minutes=5)
        person = await people.get_or_create(connection, address, now, locale=locale)
        enrolment = await second_factors.begin(connection, vault, person, site.house.settings.service_name)
        await second_factors.confirm(connection, vault, person, second_factors.shown(enrolment.secret, now), now)
    return person, enrolment.secret.reveal()
