"""Offers to stay and the tenant's own reasons, as staff read and choose them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import Price, Product
from frontdesk.coupons import Coupon
from frontdesk.feedback_options import FeedbackOption
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.retention import OfferRule, RetentionSettings, StayOffer
from frontdesk_tenants.offerable import Offerable
from frontdesk_web.dashboard.coupon_words import coupon_terms
from frontdesk_web.dashboard.portal_settings_views import Tick
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.cancel_views import REASONS
from frontdesk_web.portal.views import Field, Notice, Option
from frontdesk_web.price_words import price_sentence

KINDS = ("coupon", "pause", "plan")


def tick_name(name: str, id: str) -> str:
    """What the box of a product or of a reason is called in the form."""
    return f"{name}_{id}"


class RuleRow(Struct, frozen=True, kw_only=True):
    """A rule in words: what is offered, and to whom. `key` is posted as `rule` to remove it."""

    key: str
    offer: str
    whom: str


class ReasonRow(Struct, frozen=True, kw_only=True):
    """One of the tenant's own reasons."""

    id: str
    description: str


class StayingPage(Struct, frozen=True, kw_only=True):
    """The offers before and after a cancellation, the reasons that can bring one, and the forms that add to them."""

    template: ClassVar[str] = "dashboard/staying.html"
    action: str
    back_url: str
    csrf: str
    may_edit: bool
    enabled: bool
    again_after_months: Field
    before: tuple[RuleRow, ...]
    after: tuple[RuleRow, ...]
    reasons: tuple[ReasonRow, ...]
    description: Field
    whens: tuple[Option, ...]
    kinds: tuple[Option, ...]
    coupons: tuple[Option, ...]
    prices: tuple[Option, ...]
    products: tuple[Tick, ...]
    reason_ticks: tuple[Tick, ...]
    months: Field
    from_months: Field
    to_months: Field
    warnings: tuple[str, ...] = ()
    notice: Notice | None = None
    error: str = ""


class Known(Struct, frozen=True, kw_only=True):
    """What offers can name."""

    coupons: Mapping[str, Coupon]
    offerable: Sequence[Offerable]
    reasons: Sequence[FeedbackOption]

    @property
    def prices(self) -> dict[str, tuple[Price, Product]]:
        """Prices with their products, by id."""
        return {price.id: (price, each.product) for each in self.offerable for price in each.prices}


def staying_page(
    configuration: PortalConfiguration,
    known: Known,
    form: Mapping[str, str],
    locale: str,
    *,
    action: str,
    back_url: str,
    csrf: str,
    may_edit: bool,
    notice: Notice | None = None,
    faults: Mapping[str, str] | None = None,
) -> StayingPage:
    """The page. `form` is what was typed and could not be taken; `faults` are sentences by field, "" for the others."""
    settings, wrong = configuration.frontdesk.retention, faults or {}
    shown = configuration.features.subscription_cancel.cancellation_reason.feedback_options
    own = [each for each in known.reasons if each.id in shown]

    def field(name: str, default: str = "") -> Field:
        return Field(value=form.get(name, default), error=wrong.get(name, ""))

    def options(name: str, entries: Iterator[tuple[str, str]]) -> tuple[Option, ...]:
        return tuple(Option(value=value, text=text, selected=form.get(name) == value) for value, text in entries)

    def ticks(name: str, entries: Iterator[tuple[str, str]]) -> tuple[Tick, ...]:
        named = ((tick_name(name, id), text) for id, text in entries)
        return tuple(Tick(name=each, text=text, checked=form.get(each) == "on") for each, text in named)

    return StayingPage(
        action=action,
        back_url=back_url,
        csrf=csrf,
        may_edit=may_edit,
        enabled=settings.enabled,
        again_after_months=field("again_after_months", str(settings.again_after_months)),
        before=_rows("before", settings.before, known, locale),
        after=_rows("after", settings.after, known, locale),
        reasons=tuple(ReasonRow(id=each.id, description=each.description) for each in own),
        description=field("description"),
        whens=options("when", _whens(locale)),
        kinds=options("type", _kinds(known, locale)),
        coupons=options("coupon", ((each.id, _coupon_words(each, locale)) for each in known.coupons.values())),
        prices=options("price", ((id, _price_words(*found, locale)) for id, found in known.prices.items())),
        products=ticks("product", ((each.product.id, each.product.name) for each in known.offerable)),
        reason_ticks=ticks("reason", _reasons(own, locale)),
        months=field("months", "2"),
        from_months=field("from_months"),
        to_months=field("to_months"),
        warnings=tuple(_warnings(configuration, settings, locale)),
        notice=notice,
        error=wrong.get("", ""),
    )


def _warnings(configuration: PortalConfiguration, settings: RetentionSettings, locale: str) -> Iterator[str]:
    """What may be stored, but will not do what its author thinks."""
    cancel = configuration.features.subscription_cancel
    if not settings.enabled:
        return
    if not cancel.enabled:
        yield translate(locale, "Customers cannot cancel by themselves, so nobody sees these offers.")
    elif settings.after and cancel.mode == "immediately":
        yield translate(locale, "Cancellations take effect at once, so nothing can be offered afterwards.")
    elif settings.after and not cancel.cancellation_reason.enabled:
        yield translate(locale, "Nobody is asked for a reason, so no reason can bring an offer.")


def _rows(when: str, rules: Sequence[OfferRule], known: Known, locale: str) -> tuple[RuleRow, ...]:
    return tuple(
        RuleRow(
            key=f"{when}-{place}",
            offer=_offer_words(each.offer, known, locale),
            whom=_whom(each, known, locale),
        )
        for place, each in enumerate(rules)
    )


def _offer_words(offer: StayOffer, known: Known, locale: str) -> str:
    if offer.months is not None:
        return translate_plural(locale, "A pause of {number} month", "A pause of {number} months", offer.months)
    if offer.price is not None:
        found = known.prices.get(offer.price)
        return offer.price if found is None else _price_words(*found, locale)
    coupon = known.coupons.get(offer.coupon or "")
    return (offer.coupon or "") if coupon is None else _coupon_words(coupon, locale)


def _coupon_words(coupon: Coupon, locale: str) -> str:
    terms = coupon_terms(coupon, locale)
    return f"{coupon.name}: {terms}" if coupon.name else terms


def _price_words(price: Price, product: Product, locale: str) -> str:
    return f"{product.name}, {price_sentence(price, product.unit_label, locale)}"


def _whom(rule: OfferRule, known: Known, locale: str) -> str:
    names = {each.product.id: each.product.name for each in known.offerable}
    said = {each.id: each.description for each in known.reasons}
    parts = [", ".join(names.get(each, each) for each in rule.products) or translate(locale, "All plans")]
    if rule.to_months is not None:
        parts.append(
            translate(
                locale,
                "customers for {first} to {last} months",
                first=rule.from_months,
                last=rule.to_months,
            )
        )
    elif rule.from_months:
        parts.append(translate(locale, "customers for {first} months or longer", first=rule.from_months))
    if rule.reasons:
        told = [_reason_words(each, said, locale) for each in rule.reasons]
        parts.append(translate(locale, "who say: {reasons}", reasons=", ".join(told)))
    return " · ".join(parts)


def _reason_words(reason: str, said: Mapping[str, str], locale: str) -> str:
    standard = {str(key): text for key, text in REASONS.items()}
    return translate(locale, standard[reason]) if reason in standard else said.get(reason, reason)


def _whens(locale: str) -> Iterator[tuple[str, str]]:
    yield "before", translate(locale, "Beside the cancellation, before it is confirmed")
    yield "after", translate(locale, "After it, when the reason is given")


def _kinds(known: Known, locale: str) -> Iterator[tuple[str, str]]:
    """What can be offered: a coupon where there is one, and a plan likewise."""
    if known.coupons:
        yield "coupon", translate(locale, "A coupon")
    yield "pause", translate(locale, "A pause")
    if known.prices:
        yield "plan", translate(locale, "A smaller plan, from the next renewal on")


def _reasons(own: Sequence[FeedbackOption], locale: str) -> Iterator[tuple[str, str]]:
    for key, text in REASONS.items():
        yield key, translate(locale, text)
    for each in own:
        yield each.id, each.description
