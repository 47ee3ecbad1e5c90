"""The engine's side: a story told as commands to `frontdesk_invoice_only.engine.bill`, and what came of it."""

from datetime import date, datetime
from typing import Any

from msgspec import UNSET

from frontdesk.book import (
    Account,
    AnchorConfig,
    Line,
)
from frontdesk.changes import apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    DescribeSubscription,
    ItemChange,
    KeepSubscription,
    NewItem,
    PauseSubscription,
    ReportUsage,
    ResumeSubscription,
    SetCustomerDiscount,
    SetTrialEnd,
    UndoPlanChange,
    UpdateBillingDetails,
    VoidInvoice,
)
from frontdesk.coupons import DiscountChoice
from frontdesk.errors import Refused
from frontdesk.ids import Ids
from frontdesk.invoice_commands import AdjustBalance, CreateInvoiceItem, ItemCharge, RecordPayment
from frontdesk_invoice_only.engine import bill
from oracle.days import DAY
from oracle.engine_terms import TERMS, instant, seconds


class EngineSide:
    """One customer of the engine. `act` says whether a deed was possible; a refused one lets time pass alone."""

    def __init__(self, born: int, ids: Ids | None = None) -> None:
        self.ids = ids or FastIds()
        self.account: Account = apply(None, bill(None, TERMS, CreateCustomer(id="cus"), instant(born), self.ids))
        self.subs: dict[str, Any] = {}
        self.invoices: dict[str, Any] = {}

    def act(self, deed: dict) -> bool:
        """Do a deed."""
        command = self._command(deed)
        if command is not None:
            try:
                self._do(command, deed["at"])
                return True
            except Refused:
                pass
        self._do(Advance(), deed["at"])
        return False

    def _do(self, command: AccountCommand, at: int) -> None:
        changes = bill(self.account, TERMS, command, instant(at), self.ids)
        self.account = apply(self.account, changes)
        self.subs |= {each.id: each for each in changes.subscriptions}
        self.invoices |= {each.id: each for each in changes.invoices}

    def _command(self, deed: dict) -> AccountCommand | None:
        try:
            return _COMMANDS[deed["do"]](self, deed)
        except IndexError:
            return None

    def sub(self, deed: dict) -> str:
        """The id of the subscription that is meant."""
        return list(self.subs)[deed["sub"]]

    def now(self) -> tuple:
        """What there is now but for invoices, in plain data: compared with `oracle.stories.OracleSide.now`."""
        balance = {key: value for key, value in self.account.customer.balances.items() if value}
        subs = [
            (
                # That something is late moves no money: the oracle knows nothing of it.
                "active" if each.status == "past_due" else each.status,
                seconds(each.anchor),
                seconds(each.cancel_at) if each.status != "canceled" else None,
                [(i.price, i.quantity, seconds(i.period_start), seconds(i.period_end)) for i in each.items],
            )
            for each in self.subs.values()
        ]
        return balance, subs, [_seen(each.line) for each in self.account.pending_items]

    def invoices_seen(self) -> list[dict]:
        """All invoices, in plain data."""
        return [
            {
                "created": seconds(each.created),
                "reason": each.billing_reason,
                "currency": each.currency,
                "lines": [_seen(line) for line in each.lines],
                "total": each.total,
                "before": each.starting_balance,
                "after": each.ending_balance,
                "due": each.amount_due,
                "paid": each.amount_paid,
                "set_off": each.amount_credited,
                "void": each.status == "void",
            }
            for each in self.invoices.values()
        ]


class FastIds:
    """Ids that sort as they were given, made as fast as can be."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:08}"


def _seen(line: Line) -> tuple:
    return (
        line.kind,
        line.amount,
        seconds(line.start),
        seconds(line.end),
        line.price,
        line.quantity,
        [(each.coupon, each.amount) for each in line.discounts],
        [(each.rate.id, each.taxable, each.amount) for each in line.taxes],
    )


def _choices(coupons: Any) -> tuple[DiscountChoice, ...]:
    return tuple(DiscountChoice(coupon=each) for each in coupons)


def _create(side: EngineSide, deed: dict) -> AccountCommand:
    begins = deed["at"] + (deed.get("trial") or 0) * DAY
    day = deed.get("day_of_month")
    return CreateSubscription(
        items=tuple(
            NewItem(
                price=each["price"],
                quantity=each["quantity"],
                discounts=_choices(each.get("coupons", ())),
                tax_rates=tuple(each.get("rates", ())),
            )
            for each in deed["items"]
        ),
        currency=deed.get("currency"),
        trial_days=deed.get("trial"),
        anchor=None if deed.get("anchor") is None else instant(begins + deed["anchor"]),
        anchor_config=None if day is None or deed.get("anchor") is not None else AnchorConfig(day_of_month=day),
        start=instant(deed["at"] - deed["back"]) if deed.get("back") else None,
        proration_behavior="none" if deed.get("free") else "create_prorations",
        billing_mode=deed["mode"],
        discounts=_choices(deed.get("coupons", ())),
        default_tax_rates=tuple(deed.get("rates", ())),
    )


def _change(side: EngineSide, deed: dict) -> AccountCommand:
    items = side.subs[side.sub(deed)].items
    changes = [
        ItemChange(
            id=items[place].id,
            price=each.get("price"),
            quantity=each.get("quantity"),
            deleted=each.get("gone", False),
            discounts=_choices(each["coupons"]) if "coupons" in each else UNSET,
            tax_rates=tuple(each["rates"]) if "rates" in each else UNSET,
        )
        for place, each in deed["items"].items()
    ]
    changes += [
        ItemChange(
            price=each["price"],
            quantity=each["quantity"],
            discounts=_choices(each["coupons"]) if "coupons" in each else UNSET,
            tax_rates=tuple(each["rates"]) if "rates" in each else UNSET,
        )
        for each in deed["new"]
    ]
    return ChangePlan(
        subscription=side.sub(deed),
        items=tuple(changes),
        proration_behavior=deed["behavior"],
        anchor="now" if deed.get("anew") else "unchanged",
        discounts=_choices(deed["coupons"]) if "coupons" in deed else UNSET,
        ends_trial=deed.get("over", False),
        when="period_end" if deed.get("later") else "now",
    )


def _invoice(side: EngineSide, deed: dict) -> str:
    return list(side.invoices)[deed["invoice"]]


def _after(deed: dict, name: str) -> datetime | None:
    return None if deed[name] is None else instant(deed["at"] + deed[name])


def _cancel(side: EngineSide, deed: dict) -> AccountCommand:
    at = _after(deed, "in") if deed["when"] == "at" else None
    return CancelSubscription(
        subscription=side.sub(deed), when=deed["when"], at=at, prorate=deed["prorate"], invoice_now=deed["at_once"]
    )


_COMMANDS: dict[str, Any] = {
    "create": _create,
    "change": _change,
    "trial": lambda side, deed: SetTrialEnd(
        subscription=side.sub(deed), at=_after(deed, "for"), proration_behavior=deed["behavior"]
    ),
    "coupons": lambda side, deed: ChangeDiscounts(subscription=side.sub(deed), discounts=_choices(deed["coupons"])),
    "gift": lambda side, deed: SetCustomerDiscount(
        discount=DiscountChoice(coupon=deed["coupon"]) if deed["coupon"] else None
    ),
    "rates": lambda side, deed: DescribeSubscription(
        subscription=side.sub(deed), default_tax_rates=tuple(deed["rates"])
    ),
    "exempt": lambda side, deed: UpdateBillingDetails(details=BillingDetails(tax_exempt=deed["how"])),
    "cancel": _cancel,
    "keep": lambda side, deed: KeepSubscription(subscription=side.sub(deed)),
    "undo": lambda side, deed: UndoPlanChange(side.sub(deed)),
    "pause": lambda side, deed: PauseSubscription(
        subscription=side.sub(deed),
        resumes_at=_after(deed, "for"),
        credit_from=deed["back"],
        invoice_now=deed["at_once"],
    ),
    "resume": lambda side, deed: ResumeSubscription(
        subscription=side.sub(deed), anchor=deed["anchor"], proration_behavior=deed["behavior"]
    ),
    "use": lambda side, deed: ReportUsage(
        meter="calls", value=deed["value"], at=instant(deed["of"]), identifier=str(deed["at"])
    ),
    "pay": lambda side, deed: RecordPayment(
        id=side.ids("pay"), invoice=_invoice(side, deed), amount=deed["amount"], received=date(2025, 1, 1), by="staff"
    ),
    "void": lambda side, deed: VoidInvoice(invoice=_invoice(side, deed)),
    "adjust": lambda side, deed: AdjustBalance(amount=deed["amount"], currency=deed["currency"]),
    "line": lambda side, deed: CreateInvoiceItem(
        id=side.ids("ii"),
        charge=ItemCharge(amount=deed["amount"]),
        currency=deed["currency"],
        subscription=None if deed["sub"] is None else side.sub(deed),
        tax_rates=tuple(deed.get("rates", ())),
    ),
    "wait": lambda side, deed: Advance(),
}
