"""`/v1/account` and `/v1/balance`: what programs ask first, to see whose key they have.

There are no connected accounts, so that the only account that a key can name is the side that it belongs to. No money
passes through Frontdesk: the balance is always zero.
"""

from typing import Any

from frontdesk_tenants.currencies import sold_in
from frontdesk_tenants.directory import Side
from frontdesk_web.api.authentication import masked
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.shapes.values import ACCOUNT_PREFIX, address


def own_account_id(public_id: str) -> str:
    """The account that a side is. Its customers' other names are longer, so that none is taken for it."""
    return ACCOUNT_PREFIX + public_id


async def own(call: Call) -> dict[str, Any]:
    """The side that the key belongs to."""
    return _account(call.side)


async def named(call: Call) -> dict[str, Any]:
    """The same by its id; of any other the key knows nothing."""
    if call.path["account"] != own_account_id(call.door.public_id):
        raise ApiError(
            f"The provided key '{masked(call.key, call.livemode)}' does not have access to account"
            f" '{call.path['account'][:255]}' (or that account does not exist). Application access may have been"
            " revoked.",
            code="account_invalid",
            status=403,
        )
    return _account(call.side)


async def balance(call: Call) -> dict[str, Any]:
    """Nothing, in each currency that the side deals in."""
    async with call.transaction() as connection:
        currencies = sorted({call.side.settings.currency, *await sold_in(connection)})
    nothing = [{"amount": 0, "currency": each, "source_types": {"card": 0}} for each in currencies]
    return {"object": "balance", "available": nothing, "livemode": call.livemode, "pending": nothing}


def _account(side: Side) -> dict[str, Any]:
    brand, seller = side.brand, side.settings.seller
    return {
        "id": own_account_id(side.door.public_id),
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
        "metadata": {},
        "payouts_enabled": False,
        "settings": {
            "branding": {
                "icon": None,
                "logo": None,
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
    Endpoint(method="GET", path="/v1/accounts/{account:str}", takes={}, act=named),
    Endpoint(method="GET", path="/v1/balance", takes={}, act=balance),
)
