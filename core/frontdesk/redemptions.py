"""Giving a coupon: who may have it, and when (portal_spec.md §C.5; Stripe's sentences).

How often a coupon was given is judged here by what the terms say, and in the end by the storage, which counts in the
transaction that gives it: two at once cannot both have the last one.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import UNSET, Struct
from msgspec.structs import replace

from frontdesk import discount_refusals as refusals
from frontdesk.book import Account, Terms
from frontdesk.commands import (
    AccountCommand,
    ChangeDiscounts,
    ChangePlan,
    CreateSubscription,
    SetCustomerDiscount,
    TakeOffer,
)
from frontdesk.coupons import Coupon, Discount, DiscountChoice, PromotionCode, Redemption, folded_code
from frontdesk.discounts import discount_of
from frontdesk.errors import Refusal, Refused
from frontdesk.ids import Ids
from frontdesk.invoice_commands import CreateInvoice, CreateInvoiceItem, UpdateInvoice, UpdateInvoiceItem
from frontdesk.refusals import no_such

_NAMING: frozenset[type] = frozenset(
    {
        CreateInvoiceItem,
        UpdateInvoiceItem,
        CreateInvoice,
        UpdateInvoice,
        CreateSubscription,
        ChangePlan,
        ChangeDiscounts,
        SetCustomerDiscount,
        TakeOffer,
    }
)
"""Commands that can name discounts."""


class Occasion(Struct, frozen=True, kw_only=True):
    """What a coupon is given for.

    `products` are what is bought, None where that is not known yet (a customer's own discount). `subtotal` is what the
    first bill comes to before discounts; None where there is no first bill.
    """

    account: Account
    terms: Terms
    at: datetime
    currency: str | None = None
    products: frozenset[str] | None = None
    subtotal: int | None = None

    @property
    def first(self) -> bool:
        """Whether the customer was never billed. Drafts and void invoices do not count."""
        billed = any(each.status not in ("draft", "void") for each in self.account.invoices)
        return not (billed or self.account.invoiced_before)


def redeemed(
    choices: Sequence[DiscountChoice],
    present: Sequence[Discount],
    occasion: Occasion,
    ids: Ids,
    *,
    param: str = "discounts",
    item: str | None = None,
) -> tuple[tuple[Discount, ...], tuple[Redemption, ...]]:
    """The discounts that are chosen, in that order, and what is to be counted for it.

    Raises:
        Refused: one is unknown or cannot be had.
    """
    kept = {each.id: each for each in present}
    discounts: list[Discount] = []
    redemptions: list[Redemption] = []
    for place, choice in enumerate(choices):
        at = f"{param}[{place}]"
        if choice.discount is not None:
            if choice.discount not in kept:
                raise Refused(no_such("discount", choice.discount, f"{at}[discount]"))
            if any(each.id == choice.discount for each in discounts):
                raise Refused(refusals.discount_twice(choice.discount, f"{at}[discount]"))
            discounts.append(replace(kept[choice.discount], item=item))
            continue
        coupon, code = _meant(choice, occasion, at)
        where = f"{at}[coupon]" if code is None else f"{at}[promotion_code]"
        refusal = next(_obstacles(coupon, code, occasion, where), None)
        if refusal is None and any(each.coupon == coupon.id and each.in_force(occasion.at) for each in discounts):
            refusal = refusals.coupon_twice(coupon.id, where)
        if refusal is not None:
            raise Refused(refusal)
        discounts.append(discount_of(ids("di"), coupon, occasion.at, code=code, item=item))
        redemptions.append(Redemption(coupon=coupon.id, promotion_code=None if code is None else code.id))
    return tuple(discounts), tuple(redemptions)


def choices_of(command: AccountCommand) -> tuple[DiscountChoice, ...]:
    """Every discount that a command names, those of items too."""
    if type(command) not in _NAMING:
        return ()
    match command:
        case CreateInvoiceItem(discounts=named) | UpdateInvoiceItem(discounts=named):
            return () if named is UNSET else named
        case CreateInvoice(fields=fields) | UpdateInvoice(fields=fields):
            return () if fields.discounts is UNSET else fields.discounts
        case CreateSubscription(discounts=discounts, items=items):
            return (*discounts, *(choice for each in items for choice in each.discounts))
        case ChangePlan(discounts=discounts, items=changes, code=code):
            whole = () if discounts is UNSET else discounts
            bound = (choice for each in changes if each.discounts is not UNSET for choice in each.discounts)
            return (*whole, *bound, *(() if code is None else (DiscountChoice(code=code),)))
        case ChangeDiscounts(discounts=discounts):
            return discounts
        case SetCustomerDiscount(discount=discount):
            return () if discount is None else (discount,)
        case TakeOffer(act=act):
            return choices_of(act)
        case _:
            return ()


def _meant(choice: DiscountChoice, occasion: Occasion, at: str) -> tuple[Coupon, PromotionCode | None]:
    terms = occasion.terms
    if choice.coupon is not None:
        coupon = terms.coupons.get(choice.coupon)
        if coupon is None or coupon.deleted:
            raise Refused(no_such("coupon", choice.coupon, f"{at}[coupon]"))
        return coupon, None
    if choice.code is not None:
        code = _typed(choice.code, occasion)
        if code is None:
            raise Refused(refusals.code_unknown(choice.code, f"{at}[promotion_code]"))
    else:
        code = terms.promotion_codes.get(choice.promotion_code or "")
        if code is None:
            raise Refused(no_such("promotion code", choice.promotion_code or "", f"{at}[promotion_code]"))
    coupon = terms.coupons.get(code.coupon)
    if coupon is None or coupon.deleted:
        raise Refused(refusals.code_inactive(f"{at}[promotion_code]"))
    return coupon, code


def _typed(typed: str, occasion: Occasion) -> PromotionCode | None:
    """The active code that this customer means by it: their own before everybody's."""
    customer = occasion.account.customer.id
    found = [
        each
        for each in occasion.terms.promotion_codes.values()
        if each.active and folded_code(each.code) == folded_code(typed) and each.customer in (None, customer)
    ]
    return max(found, key=lambda each: each.customer is not None, default=None)


def _obstacles(coupon: Coupon, code: PromotionCode | None, occasion: Occasion, param: str) -> Iterator[Refusal]:
    if code is not None:
        yield from _code_obstacles(code, occasion, param)
    if coupon.expired(occasion.at):
        yield refusals.coupon_expired(coupon.id, param)
    if coupon.used_up:
        yield refusals.coupon_used_up(coupon.id, param)
    if coupon.products and occasion.products is not None and not occasion.products & set(coupon.products):
        yield refusals.applies_to_nothing(param)
    if coupon.percent_off is None and occasion.currency is not None and occasion.currency not in coupon.amounts_off:
        yield refusals.coupon_currency(coupon.id, occasion.currency, param)


def _code_obstacles(code: PromotionCode, occasion: Occasion, param: str) -> Iterator[Refusal]:
    if not code.active:
        yield refusals.code_inactive(param)
    if code.customer not in (None, occasion.account.customer.id):
        yield refusals.code_of_another(param)
    if code.expired(occasion.at):
        yield refusals.code_expired(param)
    if code.used_up:
        yield refusals.code_used_up(param)
    if code.first_time_transaction and not occasion.first:
        yield refusals.not_first_time(param)
    if code.minimum_amounts:
        minimum = code.minimum_amounts.get(occasion.currency or "")
        if occasion.subtotal is None:
            yield refusals.minimum_on_update(param)
        elif minimum is None or occasion.subtotal < minimum:
            yield refusals.minimum_not_met(param)
