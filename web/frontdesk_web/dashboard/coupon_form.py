"""The forms of a coupon and of a promotion code: what was typed, and the command that it means."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from msgspec import Struct

from frontdesk.catalogue_commands import CreateCoupon, CreatePromotionCode
from frontdesk.money import known_currency
from frontdesk_web.messages import translate
from frontdesk_web.typed_money import AmountUnclear, read_amount
from frontdesk_web.typed_text import one_line

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_PERCENT = re.compile(r"[0-9]{1,3}([.,][0-9]{1,6})?", re.ASCII)
TYPED_AT_MOST = 100


class CouponForm(Struct, frozen=True, kw_only=True):
    """A coupon as it was typed."""

    name: str = ""
    kind: str = "percent"
    worth: str = ""
    currency: str = ""
    duration: str = "once"
    months: str = ""
    most: str = ""
    until: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "CouponForm":
        """What was posted."""
        return cls(**{name: one_line(fields.get(name, ""))[:TYPED_AT_MOST] for name in cls.__struct_fields__})

    def command(self, id_: str, locale: str) -> tuple[CreateCoupon | None, dict[str, str]]:
        """The coupon that the form asks for, or what is wrong with each field."""
        faults: dict[str, str] = {}
        percent, amounts = None, {}
        if self.kind == "amount":
            amounts = self._amounts(locale, faults)
        else:
            percent = _percent(self.worth, locale, faults)
        repeating = self.duration == "repeating"
        months = _whole("months", self.months, locale, faults) if repeating else None
        most = _whole("most", self.most, locale, faults) if self.most else None
        until = _end_of(self.until, locale, faults) if self.until else None
        if faults:
            return None, faults
        return (
            CreateCoupon(
                id=id_,
                name=self.name or None,
                percent_off=percent,
                currency=self.currency if amounts else None,
                amounts_off=amounts,
                duration="repeating" if repeating else "forever" if self.duration == "forever" else "once",
                duration_in_months=months,
                max_redemptions=most,
                redeem_by=until,
            ),
            {},
        )

    def _amounts(self, locale: str, faults: dict[str, str]) -> dict[str, int]:
        if not known_currency(self.currency):
            faults["currency"] = translate(locale, "Choose a currency from the list.")
            return {}
        try:
            amount = read_amount(self.worth, self.currency, locale)
        except AmountUnclear as unclear:
            faults["worth"] = unclear.sentence
            return {}
        if amount != int(amount):
            faults["worth"] = translate(locale, "Please use no more decimals than the currency has.")
        return {self.currency: int(amount)}


class CodeForm(Struct, frozen=True, kw_only=True):
    """A promotion code as it was typed."""

    code: str = ""
    most: str = ""
    until: str = ""
    first: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "CodeForm":
        """What was posted."""
        return cls(**{name: one_line(fields.get(name, ""))[:TYPED_AT_MOST] for name in cls.__struct_fields__})

    def command(self, id_: str, coupon: str, locale: str) -> tuple[CreatePromotionCode | None, dict[str, str]]:
        """The code that the form asks for, or what is wrong with each field."""
        faults: dict[str, str] = {}
        most = _whole("most", self.most, locale, faults) if self.most else None
        until = _end_of(self.until, locale, faults) if self.until else None
        if faults:
            return None, faults
        command = CreatePromotionCode(
            id=id_,
            code=self.code,
            coupon=coupon,
            expires_at=until,
            max_redemptions=most,
            first_time_transaction=self.first == "on",
        )
        return command, {}


def _percent(typed: str, locale: str, faults: dict[str, str]) -> Decimal | None:
    bare = typed.removesuffix("%").strip()
    if not _PERCENT.fullmatch(bare):
        faults["worth"] = translate(locale, "Enter a percentage, such as 25.")
        return None
    return Decimal(bare.replace(",", "."))


def _whole(name: str, typed: str, locale: str, faults: dict[str, str]) -> int | None:
    if not _WHOLE.fullmatch(typed):
        faults[name] = translate(locale, "Enter a whole number, such as 10.")
        return None
    return int(typed)


def _end_of(typed: str, locale: str, faults: dict[str, str]) -> datetime | None:
    """The end of a day that is typed as browsers do, so that the day itself still counts."""
    try:
        return datetime.combine(date.fromisoformat(typed) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        faults["until"] = translate(locale, "Choose a day from the calendar.")
        return None
