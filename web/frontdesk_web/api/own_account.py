"""`/v1/account` and `/v1/balance`: what programs ask first, to see whose key they have.

There are no connected accounts: the list of them is empty, and the only account that a key can name is the side that
it belongs to. No money passes through Frontdesk: the balance is always zero. Its `frontdesk` block is ours.
"""

from typing import Any

from msgspec.structs import replace

from frontdesk.brand_rules import problems
from frontdesk.branding import LOOK
from frontdesk.uploaded_files import Purpose, UploadedFile
from frontdesk_tenants import brand_versions
from frontdesk_tenants.currencies import sold_in
from frontdesk_tenants.directory import Side, read_side
from frontdesk_tenants.uploaded_files import known_as
from frontdesk_web.api import account_parameters
from frontdesk_web.api.authentication import own_account_id, refuse_other_account
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, slice_of
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.parameters import Group, Text
from frontdesk_web.api.shapes.values import address

COLOURS = {"primary_color": "background", "secondary_color": "accent"}
"""Stripe's names of a look's colours."""
PICTURES: dict[str, Purpose] = {"icon": "business_icon", "logo": "business_logo"}
"""The pictures of a look, and what a file has to be for to be one."""
UPDATE: dict[str, Any] = {
    "frontdesk": account_parameters.FRONTDESK,
    "settings": Group(
        of={
            "branding": Group(
                of={name: Text(maximum=7) for name in COLOURS}
                | {name: Text(maximum=255, clears=True) for name in PICTURES}
            )
        }
    ),
}


async def own(call: Call) -> dict[str, Any]:
    """The side that the key belongs to."""
    return await _shown(call)


async def named(call: Call) -> dict[str, Any]:
    """The same by its id; of any other the key knows nothing."""
    refuse_other_account(call.key, call.door, call.path["account"])
    return await _shown(call)


async def update(call: Call) -> dict[str, Any]:
    """Change how the side looks (its colours, its icon and its logo; customers see it at once), how it charges, and
    when programs are told of its invoices."""
    refuse_other_account(call.key, call.door, call.path["account"])
    ours = call.given.get("frontdesk") or {}
    if ours:
        await account_parameters.save(call, ours)
        async with call.transaction() as connection:
            call.side = await read_side(connection, call.door)
    if "settings" in call.given or not ours:
        await _dress(call)
    return await _shown(call)


async def _dress(call: Call) -> None:
    asked = (call.given.get("settings") or {}).get("branding") or {}
    async with call.transaction() as connection:
        look = call.side.brand.look
        colours = {COLOURS[name]: asked[name].lower() for name in COLOURS if name in asked}
        wrong = next(problems(colours, LOOK), None)
        if wrong is not None:
            name = next(each for each, field in COLOURS.items() if field == wrong[0])
            raise ApiError(wrong[1], param=f"settings[branding][{name}]")
        pictures = {f"{name}_file": await _picture(call, name, asked[name]) for name in PICTURES if name in asked}
        look = replace(look, **colours, **pictures)
        await brand_versions.publish(
            connection, call.door.tenant_id, look, call.actor, call.now, request_id=call.request_id
        )
        call.side = await read_side(connection, call.door)


async def _picture(call: Call, name: str, id_: str | None) -> str | None:
    """The content of an uploaded file that is to be shown; None for none. Raises ApiError where it cannot be."""
    if id_ is None:
        return None
    param, purpose = f"settings[branding][{name}]", PICTURES[name]
    stored: UploadedFile = await call.stored("file upload", id_, param)
    if stored.purpose != purpose:
        raise ApiError(f"The file must have the purpose '{purpose}'; this one has '{stored.purpose}'.", param=param)
    return stored.content


async def connected(call: Call) -> dict[str, Any]:
    """The accounts that are connected to this one: none, as Stripe answers whoever is no platform of Connect."""
    return list_of("/v1/accounts", slice_of(call.cursor(), (), ()), [])


async def balance(call: Call) -> dict[str, Any]:
    """Nothing, in each currency that the side deals in."""
    async with call.transaction() as connection:
        currencies = sorted({call.side.settings.currency, *await sold_in(connection)})
    nothing = [{"amount": 0, "currency": each, "source_types": {"card": 0}} for each in currencies]
    return {"object": "balance", "available": nothing, "livemode": call.livemode, "pending": nothing}


async def _shown(call: Call) -> dict[str, Any]:
    brand = call.side.brand
    async with call.transaction() as connection:
        icon = brand.icon_file and await known_as(connection, brand.icon_file, "business_icon")
        logo = brand.logo_file and await known_as(connection, brand.logo_file, "business_logo")
    return _account(call.side, icon or None, logo or None, await account_parameters.shown(call))


def _account(side: Side, icon: str | None, logo: str | None, ours: dict[str, Any]) -> dict[str, Any]:
    brand, seller = side.brand, side.settings.seller
    return {
        "id": own_account_id(side.door),
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": None,
            "name": brand.business_name,
            "product_description": None,
            "support_address": address(brand.support_address),
            "support_email": brand.support_email,
            "support_phone": brand.support_phone,
            "support_url": brand.support_url,
            "url": brand.website,
        },
        "business_type": None,
        "capabilities": {},
        "charges_enabled": not side.suspended and (side.live_since is not None or not side.livemode),
        "controller": {"type": "account"},
        **({} if side.country is None else {"country": side.country}),
        "default_currency": side.settings.currency,
        "details_submitted": bool(seller.name),
        "email": seller.email,
        "frontdesk": ours,
        "metadata": {},
        "payouts_enabled": False,
        "settings": {
            "branding": {
                "icon": icon,
                "logo": logo,
                "primary_color": brand.background,
                "secondary_color": brand.accent,
            },
            "card_payments": {
                "statement_descriptor_prefix": brand.short_descriptor,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": side.name, "timezone": "Etc/UTC"},
            "payments": {
                "statement_descriptor": brand.statement_descriptor,
                "statement_descriptor_kana": None,
                "statement_descriptor_kanji": None,
            },
        },
        "type": "standard",
    }


endpoints = (
    Endpoint(method="GET", path="/v1/account", takes={}, act=own),
    Endpoint(method="GET", path="/v1/accounts", takes=CURSOR | CREATED, act=connected),
    Endpoint(method="GET", path="/v1/accounts/{account:str}", takes={}, act=named),
    Endpoint(method="POST", path="/v1/accounts/{account:str}", takes=UPDATE, act=update),
    Endpoint(method="GET", path="/v1/balance", takes={}, act=balance),
)
