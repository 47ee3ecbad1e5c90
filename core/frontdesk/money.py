"""Money: integer minor units, exact arithmetic, one rounding a line.

Amounts are integers in ISO 4217 minor units with a lower-case currency code. Anything between is a `Fraction` or a
`Decimal`, never a float. Stripe counts some currencies in other units than ISO 4217 does; its table stands on its
own here and is never derived from the other (docs.stripe.com/currencies).
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

_TWO_DECIMALS = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf cny cop "
    "crc cup cve czk dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl htg huf idr ils inr irr "
    "jmd kes kgs khr kpw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn "
    "nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sos srd ssp stn svc syp "
    "szl thb tjs tmt top try ttd twd tzs uah usd uyu uzs ves wst xcd yer zar zmw"
)
_NO_DECIMALS = "bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf"
_THREE_DECIMALS = "bhd iqd jod kwd lyd omr tnd"
_NO_DECIMALS_AT_STRIPE = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE_DECIMALS_AT_STRIPE = "bhd iqd jod kwd lyd omr tnd"

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
}
"""Decimal places of the minor unit by currency (ISO 4217)."""

STRIPE_EXPONENTS: dict[str, int] = {
    **dict.fromkeys(EXPONENTS, 2),
    **dict.fromkeys(_NO_DECIMALS_AT_STRIPE.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS_AT_STRIPE.split(), 3),
}
"""Decimal places of Stripe's smallest unit: MGA has none there, ISK and UGX have two that are always zero."""

_STRIPE_STEPS = {"isk": 100, "ugx": 100} | dict.fromkeys(_THREE_DECIMALS_AT_STRIPE.split(), 10)
"""Stripe takes only multiples of these for amounts that are charged."""


def known_currency(currency: str) -> bool:
    """Whether this is a lower-case ISO 4217 code of a currency in circulation."""
    return currency in EXPONENTS


def exponent(currency: str) -> int:
    """Decimal places of the currency's minor unit. Raises KeyError for an unknown one."""
    return EXPONENTS[currency]


def stripe_exponent(currency: str) -> int:
    """Decimal places of the smallest unit that Stripe's API counts in. Raises KeyError for an unknown one."""
    return STRIPE_EXPONENTS[currency]


def round_half_away(value: Fraction | Decimal | int) -> int:
    """The nearest integer; an exact half goes away from zero, so that a credit mirrors its debit."""
    exact = Fraction(value)
    doubled = abs(exact.numerator) * 2 + exact.denominator
    magnitude = doubled // (2 * exact.denominator)
    return magnitude if exact >= 0 else -magnitude


def line_amount(unit_amount: Decimal, quantity: int) -> int:
    """Minor units for `quantity` times a unit price, rounded once."""
    whole = int(unit_amount)
    if whole == unit_amount:
        # Nearly every price, and on every page: twenty times as fast as a fraction.
        return whole * quantity
    return round_half_away(Fraction(unit_amount) * quantity)


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` split in proportion to `weights`: each part rounded towards zero, the last takes what is left.

    This is how Stripe prints 5.00 over 10.00 and 20.00: 1.66 and 3.34. If all weights are 0, the last takes all.

    Raises:
        ValueError: no weights, or a negative one.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights are one or more non-negative integers")
    whole, sign = sum(weights), 1 if total >= 0 else -1
    parts = [sign * (abs(total) * weight // whole) if whole else 0 for weight in weights[:-1]]
    return (*parts, total - sum(parts))


def unit_amount_to_stripe(unit_amount: Decimal, currency: str) -> Decimal:
    """A unit price in ISO minor units as Stripe writes it. Exact."""
    return unit_amount.scaleb(stripe_exponent(currency) - exponent(currency))


def unit_amount_from_stripe(unit_amount: Decimal, currency: str) -> Decimal:
    """A unit price as Stripe writes it in ISO minor units. Exact."""
    return unit_amount.scaleb(exponent(currency) - stripe_exponent(currency))


def amount_to_stripe(amount: int, currency: str) -> int:
    """An amount in ISO minor units as Stripe takes it, rounded to the steps that Stripe allows."""
    step = _STRIPE_STEPS.get(currency, 1)
    exact = Fraction(amount) * Fraction(10) ** (stripe_exponent(currency) - exponent(currency))
    return round_half_away(exact / step) * step


def amount_from_stripe(amount: int, currency: str) -> int:
    """An amount as Stripe gives it in ISO minor units.

    Raises:
        ValueError: it lies between two minor units (50.50 króna), which Stripe does not allow.
    """
    exact = Fraction(amount) * Fraction(10) ** (exponent(currency) - stripe_exponent(currency))
    if exact.denominator != 1:
        raise ValueError(f"{amount} is no whole number of minor units in {currency}")
    return exact.numerator
