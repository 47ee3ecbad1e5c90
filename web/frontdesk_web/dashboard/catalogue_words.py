"""The catalogue in words: prices, how often something is sold, and what is wrong with a form."""

from collections.abc import Mapping

from frontdesk.book import TaxBehavior
from frontdesk.catalogue import MAX_FEATURE_LENGTH, MAX_FEATURES, MAX_INTERVALS, TEXT_LIMITS
from frontdesk.errors import Refusal
from frontdesk.statement_descriptors import product_problem
from frontdesk_tenants.product_lists import COUNTED_AT_MOST
from frontdesk_web.dashboard.price_scheme_form import of_tier
from frontdesk_web.formatting import number
from frontdesk_web.messages import _, translate, translate_plural

TAX_WORDS: Mapping[TaxBehavior, str] = {
    "inclusive": _("Tax is included"),
    "exclusive": _("Tax is added"),
    "unspecified": _("Tax is not decided"),
}
_SENTENCES = {
    "name_missing": _("Give the product a name."),
    "name_empty": _("Give the product a name."),
    "unit_amount_invalid": _("This amount is too large."),
    "unit_amount_places": _("Please use at most 12 decimals."),
    "unit_amount_missing": _("Enter an amount."),
    "package_invalid": _("Enter a whole number, 1 or more."),
    "tiers_missing": _("Enter at least one tier."),
    "tier_without_amount": _("Enter what each unit costs, a flat fee, or both."),
    "tiers_order": _("Each tier must end later than the one before it."),
    "tier_too_large": _("This number is too large."),
    "last_tier_ends": _("Leave “Up to” of the last tier empty, so that there is a price for every quantity."),
    "tier_endless": _("Only the last tier can be left without an end."),
    "interval_count_invalid": _("Enter a whole number, 1 or more."),
    "currency_unknown": _("Choose a currency from the list."),
    "price_is_default": _("This is the default price. Make another price the default first, or archive the product."),
    "default_price_inactive": _("An archived price cannot be the default. Unarchive it first."),
    "product_has_prices": _("A product that has prices stays, because invoices name them. Archive it instead."),
    "tax_behavior_frozen": _("Whether tax is included cannot be changed any more. Add another price instead."),
    "no_such_product": _("This product is gone. Somebody may have deleted it meanwhile."),
    "no_such_price": _("This price is gone. Load the page again."),
}
_FIELDS = {
    "name": "name",
    "description": "description",
    "statement_descriptor": "statement_descriptor",
    "unit_label": "unit_label",
    "marketing_features": "features",
    "tax_code": "tax_code",
    "images": "image",
    "unit_amount": "amount",
    "unit_amount_decimal": "amount",
    "currency": "currency",
    "recurring[interval_count]": "interval_count",
    "transform_quantity[divide_by]": "package_size",
    "tax_behavior": "tax_behavior",
}
"""The form's field for what a refusal calls the parameter at fault."""


def field_of(refusal: Refusal) -> str:
    """The field of a form that a refusal speaks of; empty for the form as a whole."""
    param = refusal.param or ""
    return _FIELDS.get(param) or of_tier(param)


def sentence_of(refusal: Refusal, locale: str, typed: str = "") -> str:
    """What is wrong, for a tenant's staff. `typed` is what stood in the field."""
    match refusal.code:
        case "text_too_long":
            return translate(
                locale, "Please use at most {maximum} characters.", maximum=TEXT_LIMITS.get(refusal.param or "", 0)
            )
        case "statement_descriptor_invalid":
            return translate(locale, product_problem(typed) or refusal.for_tenant)
        case "marketing_features_invalid":
            return translate(
                locale,
                "Enter at most {lines} features, one on a line, of at most {length} characters each.",
                lines=MAX_FEATURES,
                length=MAX_FEATURE_LENGTH,
            )
        case "interval_too_long":
            return longest_interval(locale)
    sentence = _SENTENCES.get(refusal.code, refusal.for_tenant)
    return translate(locale, sentence, **refusal.parameters)


def longest_interval(locale: str) -> str:
    """How long an interval may be."""
    bounds = {name: number(limit, locale) for name, (limit, _adjective) in MAX_INTERVALS.items()}
    return translate(
        locale,
        "At most three years: {years} years, {months} months, {weeks} weeks or {days} days.",
        years=bounds["year"],
        months=bounds["month"],
        weeks=bounds["week"],
        days=bounds["day"],
    )


def subscriptions_text(count: int, locale: str) -> str:
    """`3 active subscriptions`, `More than 1,000 active subscriptions`."""
    if count > COUNTED_AT_MOST:
        return translate(locale, "More than {number} active subscriptions", number=number(COUNTED_AT_MOST, locale))
    if count == 0:
        return translate(locale, "No active subscriptions")
    return translate_plural(locale, "{number} active subscription", "{number} active subscriptions", count)


def counted(count: int, locale: str) -> str:
    """A number that was counted up to a bound, for a column."""
    if count > COUNTED_AT_MOST:
        return translate(locale, "over {number}", number=number(COUNTED_AT_MOST, locale))
    return number(count, locale)
