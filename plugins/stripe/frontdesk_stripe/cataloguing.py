"""What is sold, made and changed at Stripe, and read back from there.

Products and coupons have the id that the caller proposes; prices, codes and tax rates get one of Stripe's. Each new
object says by which intent it was made, so that a call that is repeated after Stripe has forgotten its key finds it.

A change says what somebody saw before they made it: where Stripe has something else by now in a field that is to
change, both are shown, and nothing is overwritten.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, replace

from frontdesk.book import Terms
from frontdesk.catalogue_commands import (
    CatalogueCommand,
    CreateCoupon,
    CreatePrice,
    CreateProduct,
    CreatePromotionCode,
    CreateTaxRate,
    DeleteCoupon,
    DeleteProduct,
    UpdateCoupon,
    UpdatePrice,
    UpdateProduct,
    UpdatePromotionCode,
    UpdateTaxRate,
)
from frontdesk.changes import Changes
from frontdesk.errors import Refusal, Refused
from frontdesk.mirroring import Subject, SubjectKind
from frontdesk_stripe import catalogue_params as params
from frontdesk_stripe.connection import Connection, gone, path
from frontdesk_stripe.reading.wire import OUR_NOTES, version_at
from frontdesk_stripe.walking import KINDS, refresh_catalogue

INTENT = f"{OUR_NOTES}intent"
"""The key of metadata that names the intent by which an object was made."""
Updating = UpdateProduct | UpdatePrice | UpdateCoupon | UpdatePromotionCode | UpdateTaxRate
Creating = CreateProduct | CreatePrice | CreateCoupon | CreatePromotionCode | CreateTaxRate


async def carried_out(stripe: Connection, terms: Terms, command: CatalogueCommand, key: str) -> Changes:
    """See `BillingBackend.carry_out_catalogue`."""
    match command:
        case CreateProduct() | CreatePrice() | CreateCoupon() | CreatePromotionCode() | CreateTaxRate():
            return await _create(stripe, terms, command, key)
        case DeleteProduct() | DeleteCoupon():
            return await _delete(stripe, terms, command, key)
        case UpdateProduct() | UpdatePrice() | UpdateCoupon() | UpdatePromotionCode() | UpdateTaxRate():
            return await _update(stripe, terms, command, key)


async def _create(stripe: Connection, terms: Terms, command: Creating, key: str) -> Changes:
    kind, asked = _new(command)
    asked["metadata"] = {**asked.get("metadata", {}), INTENT: key}
    at = path(KINDS[kind].part)
    try:
        made = await stripe.post(at, asked, key=key)
    except Refused as error:
        if error.refusal.api_code != "resource_already_exists" or "id" not in asked:
            raise
        there = await stripe.found(path(KINDS[kind].part, asked["id"]))
        if there is None or (there.get("metadata") or {}).get(INTENT) != key:
            raise
        # It is the one that we made, with an answer that was lost long ago.
        made = there
    return (await _released(stripe, terms, command)).then(await refresh_catalogue(stripe, Subject(kind, made["id"])))


async def _update(stripe: Connection, terms: Terms, command: Updating, key: str) -> Changes:
    kind, asked = _changed(command)
    subject = Subject(kind, command.id)
    now = await refresh_catalogue(stripe, subject)
    _unchanged_since(_known(terms, kind).get(command.id), _told(now, kind).get(command.id), command)
    await stripe.post(path(KINDS[kind].part, command.id), asked, key=key)
    return (await _released(stripe, terms, command)).then(await refresh_catalogue(stripe, subject))


async def _delete(stripe: Connection, terms: Terms, command: DeleteProduct | DeleteCoupon, key: str) -> Changes:
    kind: SubjectKind = "product" if isinstance(command, DeleteProduct) else "coupon"
    try:
        await stripe.delete(path(KINDS[kind].part, command.id), key=key)
    except Refused as error:
        if not gone(error):
            raise
    version = version_at(stripe.now())
    if kind == "coupon":
        coupon = terms.coupons.get(command.id)
        return Changes() if coupon is None else Changes(coupons=(replace(coupon, deleted=True, version=version),))
    product = terms.products.get(command.id)
    if product is None:
        return Changes()
    return Changes(products=(replace(product, deleted=True, active=False, version=version),))


def _new(command: Creating) -> tuple[SubjectKind, dict[str, Any]]:
    match command:
        case CreateProduct():
            return "product", params.new_product(command)
        case CreatePrice():
            return "price", params.new_price(command)
        case CreateCoupon():
            return "coupon", params.new_coupon(command)
        case CreatePromotionCode():
            return "promotion_code", params.new_code(command)
        case CreateTaxRate():
            return "tax_rate", params.new_rate(command)


def _changed(command: Updating) -> tuple[SubjectKind, dict[str, Any]]:
    match command:
        case UpdateProduct():
            return "product", params.product(command.fields)
        case UpdatePrice():
            return "price", params.price(command)
        case UpdateCoupon():
            return "coupon", params.coupon(command)
        case UpdatePromotionCode():
            return "promotion_code", params.code(command)
        case UpdateTaxRate():
            return "tax_rate", params.rate(command)


async def _released(stripe: Connection, terms: Terms, command: CatalogueCommand) -> Changes:
    """The price that gave up its lookup key to the one that was made or changed."""
    if not isinstance(command, CreatePrice | UpdatePrice) or not command.transfer_lookup_key:
        return Changes()
    holders = [
        each.id for each in terms.prices.values() if each.lookup_key == command.lookup_key and each.id != command.id
    ]
    found = Changes()
    for each in holders:
        found = found.then(await refresh_catalogue(stripe, Subject("price", each)))
    return found


def _known(terms: Terms, kind: SubjectKind) -> Mapping[str, Any]:
    return getattr(terms, _FIELDS[kind])  # type: ignore[no-any-return]


def _told(changes: Changes, kind: SubjectKind) -> Mapping[str, Any]:
    return {each.id: each for each in getattr(changes, _FIELDS[kind])}


_FIELDS: Mapping[SubjectKind, str] = {
    "product": "products",
    "price": "prices",
    "coupon": "coupons",
    "promotion_code": "promotion_codes",
    "tax_rate": "tax_rates",
}


def _unchanged_since(seen: Any | None, there: Any | None, command: Updating) -> None:
    """Refuse where somebody else has changed at Stripe what is to be changed, since it was shown to whoever asks.

    What is there as it is wanted is no conflict: it was this command that came through before.
    """
    if seen is None or there is None:
        return
    fields = asdict(command.fields) if isinstance(command, UpdateProduct) else asdict(command)
    for name, wanted, before, now in _compared(fields, seen, there):
        if before != now and now != wanted:
            raise Refused(changed_there(name, str(now if now is not None else "")))


def _compared(fields: Mapping[str, Any], seen: Any, there: Any) -> list[tuple[str, Any, Any, Any]]:
    found = []
    for name, wanted in fields.items():
        if wanted is UNSET or not hasattr(seen, name) or name == "id":
            continue
        if isinstance(wanted, Mapping):
            before, now = getattr(seen, name), getattr(there, name)
            found += [(f"{name}[{key}]", value, before.get(key), now.get(key)) for key, value in wanted.items()]
        else:
            found.append((name, wanted, getattr(seen, name), getattr(there, name)))
    return found


def changed_there(field: str, theirs: str) -> Refusal:
    """Somebody changed the same at Stripe. Both are shown: what they wrote, and what was to be written."""
    return Refusal(
        code="changed_at_stripe",
        for_customer="This change cannot be made.",
        for_tenant="Somebody has changed `{field}` at Stripe meanwhile: it is “{theirs}” there. Look at it, and save"
        " again if yours is to stay.",
        parameters={"field": field, "theirs": theirs},
        param=field,
    )
