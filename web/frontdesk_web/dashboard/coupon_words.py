"""Coupons and promotion codes in the words of a tenant's staff, and what is wrong with a form of them."""

from collections.abc import Mapping
from datetime import datetime

from frontdesk.coupons import Coupon, PromotionCode
from frontdesk.errors import Refusal
from frontdesk_web.discount_words import worth_phrase
from frontdesk_web.formatting import date_long, money, number
from frontdesk_web.messages import _, translate, translate_plural
from frontdesk_web.portal.views import Badge

_SENTENCES: Mapping[str, str] = {
    "text_too_long": _("Please use at most 40 characters."),
    "percent_invalid": _("Enter a percentage above 0, at most 100."),
    "percent_places": _("Please use at most two decimals."),
    "amount_invalid": _("This amount is too large, or nothing."),
    "currency_unknown": _("Choose a currency from the list."),
    "months_missing": _("Enter for how many months."),
    "months_invalid": _("Enter a whole number of months, 1 or more."),
    "max_redemptions_invalid": _("Enter a whole number, 1 or more."),
    "instant_past": _("Choose a day that is still to come."),
    "code_invalid": _("Use letters (a–z), digits and dashes only."),
    "code_taken": _("There is an active code like this already. Choose another one, or switch the other off first."),
    "code_outlives_coupon": _("A code cannot do more than its coupon. Choose less."),
    "coupon_not_valid": _("Nobody can be given this coupon any more, so no code can give it."),
    "code_cannot_be_active": _("Nobody could use this code: it, or its coupon, has expired or is used up."),
    "no_such_coupon": _("This coupon is archived."),
}
_FIELDS: Mapping[str, str] = {
    "name": "name",
    "percent_off": "worth",
    "amount_off": "worth",
    "currency": "currency",
    "duration_in_months": "months",
    "max_redemptions": "most",
    "redeem_by": "until",
    "expires_at": "until",
    "code": "code",
}


def fault_of(refusal: Refusal, locale: str) -> tuple[str, str]:
    """The field of a form that a refusal speaks of, empty for the form as a whole, and what is wrong."""
    sentence = _SENTENCES.get(refusal.code, refusal.for_tenant)
    return _FIELDS.get(refusal.param or "", ""), translate(locale, sentence, **refusal.parameters)


def coupon_terms(coupon: Coupon, locale: str) -> str:
    """`25% off, once`, `€5.00 off for 3 months`, `25% off for ever`."""
    currency = coupon.currency or ""
    worth = worth_phrase(coupon.percent_off, coupon.amounts_off.get(currency, 0), currency, locale)
    if coupon.duration == "once":
        return translate(locale, "{worth} off, once", worth=worth)
    if coupon.duration == "forever":
        return translate(locale, "{worth} off for ever", worth=worth)
    return translate_plural(
        locale,
        "{worth} off for {number} month",
        "{worth} off for {number} months",
        coupon.duration_in_months or 0,
        worth=worth,
    )


def coupon_title(coupon: Coupon, locale: str) -> str:
    """A coupon's name; one without is called by its terms."""
    return coupon.name or coupon_terms(coupon, locale)


def given_words(times: int, most: int | None, locale: str) -> str:
    """`3`, or `3 of 100` where there is a limit."""
    if most is None:
        return number(times, locale)
    return translate(locale, "{times} of {most}", times=number(times, locale), most=number(most, locale))


def coupon_badge(coupon: Coupon, now: datetime, locale: str) -> Badge:
    """Whether a coupon can still be given, and if not, why."""
    if coupon.deleted:
        return Badge(translate(locale, "Archived"), "neutral")
    if coupon.expired(now):
        return Badge(translate(locale, "Expired"), "neutral")
    if coupon.used_up:
        return Badge(translate(locale, "Used up"), "neutral")
    return Badge(translate(locale, "Active"), "success")


def code_badge(code: PromotionCode, coupon: Coupon, now: datetime, locale: str) -> Badge:
    """Whether a code can still be used, and if not, why."""
    if not code.active:
        return Badge(translate(locale, "Switched off"), "neutral")
    if code.expired(now):
        return Badge(translate(locale, "Expired"), "neutral")
    if code.used_up:
        return Badge(translate(locale, "Used up"), "neutral")
    return coupon_badge(coupon, now, locale)


def code_rules(code: PromotionCode, locale: str) -> tuple[str, ...]:
    """What a code asks of who uses it."""
    rules = []
    if code.expires_at is not None:
        rules.append(translate(locale, "until {date}", date=date_long(code.expires_at, locale)))
    if code.first_time_transaction:
        rules.append(translate(locale, "for first orders only"))
    if code.customer is not None:
        rules.append(translate(locale, "for one customer only"))
    for currency, least in code.minimum_amounts.items():
        rules.append(translate(locale, "for new plans from {amount}", amount=money(least, currency, locale)))
    return tuple(rules)
