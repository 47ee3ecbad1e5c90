"""A new tenant: both sides with their default configuration, keys and login link, made in one transaction."""

import uuid

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import BillingSettings, SellerDetails
from frontdesk.branding import Brand
from frontdesk.countries import COUNTRIES
from frontdesk.desk import Actor
from frontdesk.errors import Misconfigured
from frontdesk.ids import ALPHABET, IdSource, random_token
from frontdesk.money import known_currency
from frontdesk.portal_configuration import LoginPage, default_configuration
from frontdesk.secret import Secret
from frontdesk.signing_up import NAME_LENGTH
from frontdesk.slugs import is_reserved, is_slug
from frontdesk.starting_points import StartingPoint, begun
from frontdesk_tenants import api_keys, audit, brand_versions, configurations
from frontdesk_tenants.database import clock, enter_side
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.tables import firms, sides, tenant_plugins
from frontdesk_tenants.tenancy import Tenancy

SANDBOX_PREFIX = "test_"
LOGIN_TOKEN_LENGTH = 16
OPERATOR = Actor(kind="staff", id="operator")


class NewTenant(Struct, frozen=True, kw_only=True):
    """What is said of a new tenant. `currency` is a lower-case ISO code, `locale` one that has a catalogue.

    `live` says that its live portal is open to customers at once; else somebody goes live later. The sandbox works
    at once in any case.
    """

    slug: str
    name: str
    currency: str
    locale: str = "en"
    country: str | None = None
    backend: str = "invoice_only"
    plugins: tuple[str, ...] = ("otp_email", "tax_codes")
    seller: SellerDetails = SellerDetails()
    days_until_due: int = 14
    live: bool = True
    starting_point: StartingPoint | None = None


class NewSide(Struct, frozen=True, kw_only=True):
    """A side that was just made, with the token of its login link."""

    door: Door
    login_token: str


class Keys(Struct, frozen=True, kw_only=True):
    """What a side is used with. The secret key is shown once: only its hash is kept."""

    door: Door
    secret_key: Secret
    publishable_key: str
    login_token: str


async def create_tenant(tenancy: Tenancy, new: NewTenant) -> tuple[Keys, Keys]:
    """Make a tenant; returns the keys of its live side and of its sandbox.

    Raises:
        Misconfigured: a field cannot be used, or the slug is taken; the message says what to do.
    """
    _check(tenancy, new)
    try:
        async with tenancy.database.unscoped() as connection:
            live, sandbox = await make_sides(connection, new)
            return await _give_keys(connection, live), await _give_keys(connection, sandbox)
    except IntegrityError as error:
        raise Misconfigured(f"The name {new.slug} is taken. Choose another slug.", "slug") from error


async def make_sides(
    connection: AsyncConnection, new: NewTenant, actor: Actor = OPERATOR, request_id: str | None = None
) -> tuple[NewSide, NewSide]:
    """Make both sides of a tenant, live and sandbox, without keys, in `connection`'s transaction.

    Afterwards the transaction is in the sandbox. Raises IntegrityError where the slug is taken.
    """
    firm_id = uuid.uuid4()
    live = await _create_side(connection, new, firm_id, True, actor, request_id)
    return live, await _create_side(connection, new, firm_id, False, actor, request_id)


async def _give_keys(connection: AsyncConnection, side: NewSide) -> Keys:
    await enter_side(connection, side.door.tenant_id)
    now = await clock(connection)
    secret_key = await api_keys.create(connection, side.door, "secret", now)
    publishable_key = await api_keys.create(connection, side.door, "publishable", now)
    return Keys(
        door=side.door,
        secret_key=secret_key,
        publishable_key=publishable_key.reveal(),
        login_token=side.login_token,
    )


async def brand_side(tenancy: Tenancy, door: Door, brand: Brand) -> None:
    """Give a side a new brand. Every page shows it at the next request."""
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        await brand_versions.publish(connection, door.tenant_id, brand.look, OPERATOR, now)
        await brand_versions.say(connection, door.tenant_id, brand.details, OPERATOR, now)


async def slugs(tenancy: Tenancy) -> tuple[str, ...]:
    """The live portals' names, in order."""
    async with tenancy.database.unscoped() as connection:
        found = await connection.scalars(select(firms.c.portal).where(firms.c.livemode).order_by(firms.c.portal))
        return tuple(found)


async def _create_side(
    connection: AsyncConnection,
    new: NewTenant,
    firm_id: uuid.UUID,
    livemode: bool,
    actor: Actor,
    request_id: str | None,
) -> NewSide:
    door = Door(
        tenant_id=uuid.uuid4(),
        firm_id=firm_id,
        livemode=livemode,
        public_id=random_token(PUBLIC_ID_LENGTH),
        portal=new.slug if livemode else SANDBOX_PREFIX + new.slug,
    )
    await connection.execute(
        insert(firms).values(
            tenant_id=door.tenant_id,
            firm_id=firm_id,
            livemode=livemode,
            public_id=door.public_id,
            portal=door.portal,
        )
    )
    await enter_side(connection, door.tenant_id)
    now = await clock(connection)
    opened = new.live or not livemode
    seller = new.seller if new.seller.name else replace(new.seller, name=new.name)
    await connection.execute(
        insert(sides).values(
            tenant_id=door.tenant_id,
            slug=new.slug,
            name=new.name,
            country=new.country,
            locale=new.locale,
            backend=new.backend,
            status="active",
            livemode=livemode,
            settings=BillingSettings(
                currency=new.currency,
                days_until_due=new.days_until_due,
                invoice_prefix=_invoice_prefix(new.slug),
                seller=seller,
            ),
            brand=Brand(business_name=new.name),
            created=now,
            live_since=now if opened else None,
            starting_point=None if new.starting_point is None else new.starting_point.value,
        )
    )
    await connection.execute(
        insert(tenant_plugins),
        [{"tenant_id": door.tenant_id, "plugin": each, "enabled": True} for each in {new.backend, *new.plugins}],
    )
    configuration = default_configuration(IdSource(now)("bpc"), now)
    if new.starting_point is not None:
        configuration = begun(configuration, new.starting_point)
    login_token = random_token(LOGIN_TOKEN_LENGTH)
    await configurations.put(
        connection, door.tenant_id, replace(configuration, login_page=LoginPage(enabled=opened)), login_token
    )
    await audit.record(
        connection,
        door.tenant_id,
        actor=actor,
        action="tenant_created",
        object_id=new.slug,
        now=now,
        after=new,
        request_id=request_id,
    )
    return NewSide(door=door, login_token=login_token)


def _check(tenancy: Tenancy, new: NewTenant) -> None:
    if not is_slug(new.slug):
        raise Misconfigured(
            "A slug has 3 to 40 lower-case letters, digits and dashes and begins with a letter: acme-tools.", "slug"
        )
    if is_reserved(new.slug):
        raise Misconfigured(f"{new.slug} is a word of our own addresses. Choose another slug.", "slug")
    if not known_currency(new.currency):
        raise Misconfigured(f"{new.currency} is no ISO 4217 currency code. Use one such as eur or usd.", "currency")
    backends = tenancy.plugins.billing_backends()
    if new.backend not in backends:
        raise Misconfigured(
            f"No billing backend {new.backend} is installed. Installed: {', '.join(sorted(backends)) or 'none'}.",
            "backend",
        )
    if not new.name.strip():
        raise Misconfigured("Enter the name that customers know the tenant by.", "name")
    if len(new.name) > NAME_LENGTH or not new.name.isprintable():
        # A letter's sender is called so, and a mail server takes no name of two lines.
        raise Misconfigured(f"Write the name in one line of letters, at most {NAME_LENGTH} of them.", "name")
    if new.country is not None and new.country not in COUNTRIES:
        raise Misconfigured(f"{new.country} is no ISO 3166 code of a country. Use one such as DE or US.", "country")


def _invoice_prefix(slug: str) -> str:
    letters = [each for each in slug.upper() if each in ALPHABET and each.isalnum()]
    return "".join(letters[:8])
