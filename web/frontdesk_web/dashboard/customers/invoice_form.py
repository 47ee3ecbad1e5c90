"""The forms of an invoice that is written by hand: a line, what surrounds the lines, and a payment."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from msgspec import UNSET, Struct

from frontdesk.book import CustomField, Invoice, Price
from frontdesk.bounds import MAXIMUM_DAYS_UNTIL_DUE, MAXIMUM_QUANTITY
from frontdesk.invoice_commands import InvoiceFields, ItemCharge
from frontdesk.invoice_rules import CUSTOM_VALUE_LENGTH
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Option
from frontdesk_web.price_words import price_sentence
from frontdesk_web.typed_money import AmountUnclear, read_amount
from frontdesk_web.typed_text import lines, one_line

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
DESCRIPTION_LENGTH = 500


class WrongForm(Exception):
    """A form that cannot be meant: sentences by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


class LineForm(Struct, frozen=True, kw_only=True):
    """A line as typed: a price that is paid once, or words and an amount for one."""

    price: str = ""
    description: str = ""
    quantity: str = "1"
    amount: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "LineForm":
        """The line among the fields of a form."""
        return cls(
            price=one_line(fields.get("price", ""))[:255],
            description=one_line(fields.get("description", ""))[: DESCRIPTION_LENGTH + 1],
            quantity=fields.get("quantity", "")[:20].strip() or "1",
            amount=fields.get("amount", "")[:40],
        )

    def charge(self, currency: str, locale: str) -> ItemCharge:
        """What the line bills. Raises WrongForm."""
        faults: dict[str, str] = {}
        if not _WHOLE.fullmatch(self.quantity) or not 0 < int(self.quantity) <= MAXIMUM_QUANTITY:
            faults["quantity"] = translate(locale, "Enter a whole number from 1 on.")
        unit = Decimal(0)
        if not self.price:
            if not self.description:
                faults["description"] = translate(locale, "Say what is billed, or choose a price.")
            if len(self.description) > DESCRIPTION_LENGTH:
                faults["description"] = translate(
                    locale, "Please use at most {maximum} characters.", maximum=DESCRIPTION_LENGTH
                )
            try:
                unit = read_amount(self.amount, currency, locale)
            except AmountUnclear as unclear:
                faults["amount"] = unclear.sentence
        if faults:
            raise WrongForm(faults)
        if self.price:
            return ItemCharge(price=self.price, quantity=int(self.quantity))
        return ItemCharge(unit_amount=unit, quantity=int(self.quantity))


class HeadForm(Struct, frozen=True, kw_only=True):
    """What surrounds the lines, as typed."""

    days: str = ""
    order: str = ""
    memo: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "HeadForm":
        """The head among the fields of a form."""
        return cls(
            days=fields.get("days", "")[:20].strip(),
            order=one_line(fields.get("order", ""))[: CUSTOM_VALUE_LENGTH + 1],
            memo=lines(fields.get("memo", ""))[:5001],
        )

    def fields(self, known: tuple[CustomField, ...], name: str, locale: str) -> InvoiceFields:
        """The head as a draft takes it. `known` are the customer's own custom fields, `name` what the number of the
        order is called in the customer's language. Raises WrongForm."""
        faults = {}
        if not _WHOLE.fullmatch(self.days) or int(self.days) > MAXIMUM_DAYS_UNTIL_DUE:
            faults["days"] = translate(locale, "Enter whole days from 0 to {maximum}.", maximum=MAXIMUM_DAYS_UNTIL_DUE)
        if len(self.order) > CUSTOM_VALUE_LENGTH:
            faults["order"] = translate(locale, "Please use at most {maximum} characters.", maximum=CUSTOM_VALUE_LENGTH)
        if faults:
            raise WrongForm(faults)
        own = tuple(each for each in known if each.name != name)[:3]
        return InvoiceFields(
            days_until_due=int(self.days),
            description=self.memo or None,
            custom_fields=(*own, CustomField(name, self.order)) if self.order else UNSET,
        )


class PaymentForm(Struct, frozen=True, kw_only=True):
    """A payment as typed."""

    amount: str = ""
    received: str = ""
    reference: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "PaymentForm":
        """The payment among the fields of a form."""
        return cls(
            amount=fields.get("amount", "")[:40],
            received=fields.get("received", "")[:20].strip(),
            reference=one_line(fields.get("reference", ""))[:141],
        )

    def parsed(self, invoice: Invoice, locale: str) -> tuple[int, date]:
        """Amount in minor units, and day. Raises WrongForm."""
        faults: dict[str, str] = {}
        amount, day = Decimal(0), date.min
        try:
            amount = read_amount(self.amount, invoice.currency, locale)
        except AmountUnclear as unclear:
            faults["amount"] = unclear.sentence
        if not faults and amount != int(amount):
            faults["amount"] = translate(locale, "Enter an amount without fractions of the smallest coin.")
        try:
            day = date.fromisoformat(self.received)
        except ValueError:
            faults["received"] = translate(locale, "Enter the day as a date.")
        if faults:
            raise WrongForm(faults)
        return int(amount), day


def price_options(prices: Mapping[str, tuple[Price, str]], chosen: str, locale: str) -> tuple[Option, ...]:
    """Prices that are paid once, by their product's name; the first entry is none."""
    found = sorted(prices.values(), key=lambda each: each[1].casefold())
    none = Option(value="", text=translate(locale, "No price, as written below"), selected=not chosen)
    return (
        none,
        *(
            Option(value=price.id, text=f"{name}: {price_sentence(price, None, locale)}", selected=price.id == chosen)
            for price, name in found
        ),
    )
