"""Who may do what, and why not."""

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace
from seat_shop import (
    BY_API,
    BY_LINK,
    CONFIGURATION,
    NOW,
    TERMS,
    change,
    open_shop,
    subscription_of,
    with_feature,
    with_update,
)

from frontdesk.billing import Capability
from frontdesk.book import Account, Address, SubscriptionStatus
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    DeleteCustomer,
    DescribeSubscription,
    ExplainCancellation,
    ItemChange,
    KeepSubscription,
    MarkUncollectible,
    NewItem,
    PauseSubscription,
    PayInvoice,
    ReportUsage,
    SetCustomerDiscount,
    SetTrialEnd,
    StartAgain,
    UpdateBillingDetails,
    VoidInvoice,
)
from frontdesk.coupons import DiscountChoice
from frontdesk.desk import Actor
from frontdesk.invoice_commands import CreateInvoice
from frontdesk.offers import offers
from frontdesk.permissions import permissions_of, permitted
from frontdesk.portal_configuration import (
    AdjustableQuantity,
    CancellationReasons,
    OfferedProduct,
    PortalConfiguration,
)
from frontdesk.testing.desk import TENANT, MemoryDesk

STAFF = Actor(kind="staff", id="staff_1")
SCHEDULER = Actor(kind="scheduler", id="worker_1")


@pytest.fixture
async def desk() -> MemoryDesk:
    return await open_shop()


@dataclass
class Question:
    """`permitted` with everything given by the desk unless a test says otherwise."""

    desk: MemoryDesk
    actor: Actor = BY_LINK
    configuration: PortalConfiguration = CONFIGURATION
    lacking: frozenset[Capability] = frozenset()
    account: Account | None = field(default=None)
    suspended: bool = False

    def __call__(self, command: AccountCommand) -> str | None:
        """The code of the refusal, or None where it is permitted."""
        capabilities = replace(self.desk.capabilities, can=self.desk.capabilities.can - self.lacking)
        account = self.account or self.desk.account
        answer = permitted(
            self.actor, account, self.configuration, capabilities, command, TERMS, suspended=self.suspended
        )
        assert bool(answer) == (answer.refusal is None)
        return answer.refusal.code if answer.refusal else None


CHOICES = [
    ("company", None, None),
    (None, 11, None),
    ("team_year", 3, None),
    ("company", 50, None),
    (None, None, "no_changes"),
    ("team", 10, "no_changes"),
    (None, 0, "quantity_too_small"),
    (None, -1, "quantity_too_small"),
    ("company", 4, "quantity_out_of_bounds"),
    ("company", 51, "quantity_out_of_bounds"),
    ("secret", None, "price_not_offered"),
    ("once", None, "price_not_offered"),
    ("of_inactive", None, "price_not_offered"),
    ("unheard_of", None, "no_such_price"),
    ("dollars", None, "currencies_differ"),
    ("taxed", None, "tax_behavior_differs"),
]


@pytest.mark.parametrize(("price", "quantity", "code"), CHOICES)
async def test_what_a_customer_can_choose(
    desk: MemoryDesk, price: str | None, quantity: int | None, code: str | None
) -> None:
    assert Question(desk)(change(desk, price, quantity)) == code


async def test_the_tenant_is_not_bound_by_the_configuration(desk: MemoryDesk) -> None:
    nothing_on = replace(CONFIGURATION, features=type(CONFIGURATION.features)())
    for actor in (TENANT, STAFF):
        ask = Question(desk, actor=actor, configuration=nothing_on)
        assert ask(change(desk, "secret", 1000)) is None
        assert ask(change(desk)) is None
        assert ask(CancelSubscription(subscription=subscription_of(desk).id)) is None
        assert ask(UpdateBillingDetails(details=BillingDetails(email="new@example.com", description="x"))) is None
        assert ask(change(desk, "dollars")) == "currencies_differ"
        assert ask(change(desk, "once")) == "price_not_recurring"
        assert ask(change(desk, "archived")) == "price_inactive"
        assert ask(change(desk, "of_inactive")) == "price_inactive"
        assert ask(change(desk, None, -1)) == "quantity_impossible"


async def test_an_archived_price_can_be_kept(desk: MemoryDesk) -> None:
    archived = {**TERMS.prices, "team": replace(TERMS.prices["team"], active=False)}
    answer = permitted(
        BY_LINK,
        desk.account,
        CONFIGURATION,
        desk.capabilities,
        change(desk, None, 11),
        replace(TERMS, prices=archived),
        suspended=False,
    )
    assert answer
    assert answer.or_refuse() is None


@pytest.mark.parametrize(
    ("settings", "price", "quantity", "code"),
    [
        ({"enabled": False}, "company", None, "subscription_update_disabled"),
        ({"default_allowed_updates": ()}, "company", None, "subscription_update_disabled"),
        ({"default_allowed_updates": ("price",)}, "company", None, None),
        ({"default_allowed_updates": ("price",)}, None, 11, "quantity_not_adjustable"),
        ({"default_allowed_updates": ("quantity",)}, "company", None, "price_not_adjustable"),
        ({"default_allowed_updates": ("quantity",)}, None, 11, None),
        ({"products": ()}, None, 11, "price_not_offered"),
    ],
)
async def test_what_the_configuration_allows(
    desk: MemoryDesk, settings: dict[str, object], price: str | None, quantity: int | None, code: str | None
) -> None:
    assert Question(desk, configuration=with_update(**settings))(change(desk, price, quantity)) == code


async def test_a_fixed_quantity_moves_with_the_customer_to_another_price(desk: MemoryDesk) -> None:
    fixed = OfferedProduct(
        product="company_product", prices=("company",), adjustable_quantity=AdjustableQuantity(enabled=False, maximum=1)
    )
    ask = Question(desk, configuration=with_update(products=(fixed,)))
    assert ask(change(desk, "company")) is None
    assert ask(change(desk, "company", 11)) == "quantity_not_adjustable"


async def test_a_quantity_beyond_the_bounds_may_stay_but_not_move(desk: MemoryDesk) -> None:
    few = AdjustableQuantity(maximum=5)
    products = (
        OfferedProduct(product="team_product", prices=("team", "team_year"), adjustable_quantity=few),
        OfferedProduct(product="company_product", prices=("company",), adjustable_quantity=few),
    )
    ask = Question(desk, configuration=with_update(products=products))
    assert ask(change(desk, "team_year")) is None
    assert ask(change(desk, "company")) == "quantity_out_of_bounds"
    assert ask(change(desk, "company", 5)) is None


async def test_a_customer_changes_the_item_that_there_is(desk: MemoryDesk) -> None:
    subscription = subscription_of(desk)
    item = subscription.items[0].id
    for items in (
        (),
        (ItemChange(price="company"),),
        (ItemChange(id=item, deleted=True),),
        (ItemChange(id="si_other", price="company"),),
        (ItemChange(id=item, price="company"), ItemChange(price="team_year")),
        (ItemChange(id=item, price="company"), ItemChange(id=item, quantity=3)),
    ):
        assert Question(desk)(ChangePlan(subscription=subscription.id, items=items)) == "items_stay"


async def test_items_that_do_not_fit_are_refused_to_all(desk: MemoryDesk) -> None:
    subscription = subscription_of(desk)
    item = subscription.items[0].id
    ask = Question(desk, actor=TENANT)
    cases = {
        "no_items": (ItemChange(id=item, deleted=True),),
        "no_such_subscription_item": (ItemChange(id="si_other", price="company"),),
        "duplicate_price": (ItemChange(price="team"),),
        "intervals_differ": (ItemChange(price="team_year"),),
        "no_such_price": (ItemChange(price="unheard_of"),),
    }
    for code, items in cases.items():
        assert ask(ChangePlan(subscription=subscription.id, items=items)) == code
    assert ask(ChangePlan(subscription=subscription.id, items=(ItemChange(price="company", quantity=2),))) is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("active", None),
        ("trialing", None),
        ("past_due", None),
        ("incomplete", "status_forbids"),
        ("unpaid", "status_forbids"),
        ("paused", "status_forbids"),
        ("canceled", "status_forbids"),
        ("incomplete_expired", "status_forbids"),
    ],
)
async def test_which_states_can_be_changed(desk: MemoryDesk, status: SubscriptionStatus, code: str | None) -> None:
    account = replace(desk.account, subscriptions=(replace(subscription_of(desk), status=status),))
    assert Question(desk, account=account)(change(desk, "company")) == code


async def test_what_ended_is_gone_for_everybody(desk: MemoryDesk) -> None:
    account = replace(desk.account, subscriptions=(replace(subscription_of(desk), status="canceled"),))
    ask = Question(desk, account=account, actor=TENANT)
    id = subscription_of(desk).id
    for command in (
        change(desk, "company"),
        CancelSubscription(subscription=id),
        DescribeSubscription(subscription=id, description="Gone"),
    ):
        assert ask(command) == "no_such_subscription"
    assert ask(DescribeSubscription(subscription=id, metadata={"why": "moved"})) is None
    assert Question(desk)(CancelSubscription(subscription="sub_other")) == "no_such_subscription"
    closed = replace(desk.account, customer=replace(desk.account.customer, deleted=True))
    assert Question(desk, account=closed, actor=TENANT)(DeleteCustomer()) == "no_such_customer"


@pytest.mark.parametrize("how", [{"cancel_at": NOW}, {"cancel_at_period_end": True}])
async def test_what_is_set_to_cancel_is_kept_first(desk: MemoryDesk, how: dict[str, object]) -> None:
    subscription = replace(subscription_of(desk), **how)
    account = replace(desk.account, subscriptions=(subscription,))
    ask = Question(desk, account=account)
    assert ask(change(desk, "company")) == "set_to_cancel"
    assert ask(CancelSubscription(subscription=subscription.id)) == "already_set_to_cancel"
    assert ask(KeepSubscription(subscription=subscription.id)) is None
    assert Question(desk)(KeepSubscription(subscription=subscription.id)) == "not_set_to_cancel"
    assert Question(desk, account=account, actor=TENANT)(change(desk, "company")) is None


async def test_cancelling_switched_off(desk: MemoryDesk) -> None:
    id = subscription_of(desk).id
    ask = Question(desk, configuration=with_feature("subscription_cancel", enabled=False))
    for command in (
        CancelSubscription(subscription=id),
        KeepSubscription(subscription=id),
        ExplainCancellation(subscription=id),
    ):
        assert ask(command) == "subscription_cancel_disabled"


async def test_reasons(desk: MemoryDesk) -> None:
    id = subscription_of(desk).id
    ask = Question(desk)
    assert ask(ExplainCancellation(subscription=id, feedback="unused", comment="never opened it")) is None
    assert ask(ExplainCancellation(subscription=id, feedback="low_quality")) == "reason_unknown"
    assert ask(ExplainCancellation(subscription=id, comment="x" * 5001)) == "text_too_long"
    assert Question(desk, actor=TENANT)(ExplainCancellation(subscription=id, feedback="low_quality")) is None
    assert Question(desk, actor=TENANT)(ExplainCancellation(subscription=id, feedback="bad mood")) == "reason_unknown"
    unasked = with_feature("subscription_cancel", cancellation_reason=CancellationReasons())
    assert Question(desk, configuration=unasked)(ExplainCancellation(subscription=id)) == "reason_not_asked"


ALL_DETAILS = CONFIGURATION.features.customer_update.allowed_updates


@pytest.mark.parametrize(
    ("actor", "details", "allowed", "code"),
    [
        (BY_LINK, BillingDetails(name="J"), ALL_DETAILS, None),
        (BY_LINK, BillingDetails(phone=None), ALL_DETAILS, None),
        (BY_LINK, BillingDetails(address=Address(city="Köln")), ALL_DETAILS, None),
        (BY_LINK, BillingDetails(address=Address(city="Köln")), ("name",), "detail_not_allowed"),
        (BY_LINK, BillingDetails(name="J", email="evil@example.com"), ALL_DETAILS, "email_fixed"),
        (BY_LINK, BillingDetails(email=None), ALL_DETAILS, "email_fixed"),
        (BY_API, BillingDetails(email="new@example.com"), ALL_DETAILS, None),
        (BY_API, BillingDetails(email="new@example.com"), ("name",), "detail_not_allowed"),
        (BY_API, BillingDetails(metadata={"vip": "1"}), ALL_DETAILS, "detail_not_allowed"),
        (BY_API, BillingDetails(tax_exempt="exempt"), ALL_DETAILS, "detail_not_allowed"),
        (BY_API, BillingDetails(description="x"), ALL_DETAILS, "detail_not_allowed"),
        (BY_API, BillingDetails(preferred_locales=("de",)), ALL_DETAILS, "detail_not_allowed"),
        (BY_API, BillingDetails(invoice_footer="x"), ALL_DETAILS, "detail_not_allowed"),
    ],
)
async def test_which_details_a_customer_edits(
    desk: MemoryDesk, actor: Actor, details: BillingDetails, allowed: tuple[str, ...], code: str | None
) -> None:
    command = UpdateBillingDetails(details=details)
    configuration = with_feature("customer_update", allowed_updates=allowed)
    assert Question(desk, actor=actor, configuration=configuration)(command) == code
    off = with_feature("customer_update", enabled=False)
    assert Question(desk, actor=actor, configuration=off)(command) in ("customer_update_disabled", "email_fixed")


async def test_what_only_the_tenant_does(desk: MemoryDesk) -> None:
    (invoice,) = desk.account.invoices
    commands: tuple[AccountCommand, ...] = (
        CreateCustomer(id="cus_2"),
        CreateSubscription(items=(NewItem(price="team"),)),
        DescribeSubscription(subscription=subscription_of(desk).id, description="x"),
        PayInvoice(invoice=invoice.id),
        DeleteCustomer(),
        Advance(),
    )
    for command in commands:
        assert Question(desk, actor=BY_API)(command) == "not_for_customers"
        for actor in (TENANT, STAFF, SCHEDULER):
            assert Question(desk, actor=actor)(command) is None


async def test_invoices_that_can_be_paid(desk: MemoryDesk) -> None:
    (invoice,) = desk.account.invoices
    for status, code in {
        "open": None,
        "uncollectible": None,
        "paid": "invoice_already_paid",
        "draft": "invoice_not_payable",
        "void": "invoice_not_payable",
    }.items():
        account = replace(desk.account, invoices=(replace(invoice, status=status),))
        assert Question(desk, account=account, actor=TENANT)(PayInvoice(invoice=invoice.id)) == code
    assert Question(desk, actor=TENANT)(PayInvoice(invoice="in_other")) == "no_such_invoice"


async def test_new_subscriptions(desk: MemoryDesk) -> None:
    ask = Question(desk, actor=TENANT)
    cases: list[tuple[CreateSubscription, str | None]] = [
        (CreateSubscription(items=(NewItem(price="team"), NewItem(price="company"))), None),
        (CreateSubscription(items=()), "no_items"),
        (CreateSubscription(items=(NewItem(price="team"), NewItem(price="team"))), "duplicate_price"),
        (CreateSubscription(items=(NewItem(price="team"), NewItem(price="dollars"))), "currencies_differ"),
        (CreateSubscription(items=(NewItem(price="team"), NewItem(price="team_year"))), "intervals_differ"),
        (CreateSubscription(items=(NewItem(price="once"),)), "price_not_recurring"),
        (CreateSubscription(items=(NewItem(price="archived"),)), "price_inactive"),
        (CreateSubscription(items=(NewItem(price="none"),)), "no_such_price"),
        (CreateSubscription(items=(NewItem(price="team"),), collection_method="send_invoice"), None),
        (
            CreateSubscription(items=(NewItem(price="team"),), collection_method="charge_automatically"),
            "collection_method_unavailable",
        ),
        (CreateSubscription(items=(NewItem(price="team"),), days_until_due=-1), "days_until_due_invalid"),
    ]
    for command, code in cases:
        assert ask(command) == code


async def test_the_backend_can_or_cannot(desk: MemoryDesk) -> None:
    id = subscription_of(desk).id
    (invoice,) = desk.account.invoices
    classic = CreateSubscription(items=(NewItem(price="team"),), billing_mode="classic")
    at_once = replace(change(desk, "company"), proration_behavior="always_invoice")
    cases: list[tuple[Capability, AccountCommand]] = [
        (Capability.CHANGE_PRICE, change(desk, "company")),
        (Capability.CHANGE_QUANTITY, change(desk, None, 11)),
        (Capability.CHANGE_ITEMS, ChangePlan(subscription=id, items=(ItemChange(price="company"),))),
        (Capability.PRORATE, change(desk, "company")),
        (Capability.INVOICE_AT_ONCE, at_once),
        (Capability.CANCEL_AT_PERIOD_END, CancelSubscription(subscription=id)),
        (Capability.CANCEL_NOW, CancelSubscription(subscription=id, when="now")),
        (Capability.PRORATE, CancelSubscription(subscription=id, when="now", prorate=True)),
        (Capability.INVOICE_AT_ONCE, CancelSubscription(subscription=id, when="now", invoice_now=True)),
        (Capability.KEEP, KeepSubscription(subscription=id)),
        (Capability.CLASSIC_BILLING_MODE, classic),
        (Capability.PAY_OUT_OF_BAND, PayInvoice(invoice=invoice.id)),
        (Capability.CLOSE_INVOICES, VoidInvoice(invoice=invoice.id)),
        (Capability.CLOSE_INVOICES, MarkUncollectible(invoice=invoice.id)),
        (Capability.WRITE_INVOICES, CreateInvoice(id="in_written")),
        (Capability.PAUSE, PauseSubscription(subscription=id)),
        (Capability.DISCOUNTS, ChangeDiscounts(subscription=id, discounts=())),
        (Capability.DISCOUNTS, SetCustomerDiscount(discount=None)),
        (Capability.CUSTOMER_DISCOUNTS, SetCustomerDiscount(discount=DiscountChoice(coupon="spring"))),
        (Capability.DISCOUNTS, replace(change(desk, "company"), code="SPRING")),
        (Capability.PUT_OFF, replace(change(desk, "company"), when="period_end")),
        (Capability.TRIALS, SetTrialEnd(subscription=id)),
        (Capability.TRIALS, CreateSubscription(items=(NewItem(price="team"),), trial_days=14)),
        (Capability.ANCHORS, CreateSubscription(items=(NewItem(price="team"),), anchor=desk.now)),
        (Capability.CANCEL_AT, CancelSubscription(subscription=id, when="at", at=desk.now)),
        (Capability.START_AGAIN, StartAgain("sub_ended")),
        (Capability.USAGE, ReportUsage(meter="mtr_1", value=1, at=desk.now, identifier="one")),
    ]
    assert {capability for capability, _ in cases} == set(Capability)
    for capability, command in cases:
        assert Question(desk, actor=TENANT, lacking=frozenset({capability}))(command) == "not_supported"
        if capability not in (Capability.KEEP, Capability.START_AGAIN):
            assert Question(desk, actor=TENANT)(command) is None


# -- the plan page and the buttons ------------------------------------------------------------------------------------


async def test_offers_are_what_would_be_permitted(desk: MemoryDesk) -> None:
    subscription = subscription_of(desk)
    (only,) = offers(subscription, CONFIGURATION, desk.capabilities, TERMS)
    found = only.offers
    assert [(each.product.id, [price.id for price in each.prices]) for each in found] == [
        ("team_product", ["team", "team_year"]),
        ("company_product", ["company"]),
    ]
    assert [(each.quantities.minimum, each.quantities.maximum) for each in found] == [(1, None), (5, 50)]
    for each in found:
        for price in each.prices:
            quantity = max(7, each.quantities.minimum)
            assert Question(desk)(change(desk, price.id, quantity)) is None


async def test_offers_leave_out_what_cannot_be_chosen(desk: MemoryDesk) -> None:
    subscription = subscription_of(desk)
    quantity_only = with_update(default_allowed_updates=("quantity",))
    (only,) = offers(subscription, quantity_only, desk.capabilities, TERMS)[0].offers
    assert [price.id for price in only.prices] == ["team"]
    assert only.quantities.adjustable
    incapable = replace(desk.capabilities, can=desk.capabilities.can - {Capability.CHANGE_QUANTITY})
    assert not any(
        each.quantities.adjustable for each in offers(subscription, CONFIGURATION, incapable, TERMS)[0].offers
    )
    crowd = replace(subscription, items=(replace(subscription.items[0], quantity=99),))
    price_only = with_update(default_allowed_updates=("price",))
    (left,) = offers(crowd, price_only, desk.capabilities, TERMS)
    assert [each.product.id for each in left.offers] == ["team_product"]


async def test_every_button_has_its_reason(desk: MemoryDesk) -> None:
    def codes(configuration: PortalConfiguration) -> tuple[str | None, ...]:
        answer = permissions_of(
            BY_LINK,
            desk.account,
            subscription_of(desk),
            configuration,
            desk.capabilities,
            TERMS,
            suspended=False,
            now=NOW,
        )
        each = (answer.change_plan, answer.cancel, answer.keep)
        return tuple(permission.refusal.code if permission.refusal else None for permission in each)

    assert codes(CONFIGURATION) == (None, None, "not_set_to_cancel")
    assert codes(with_update(enabled=False))[0] == "subscription_update_disabled"
    assert codes(with_update(products=()))[0] == "nothing_else_offered"
    only_this = OfferedProduct(
        product="team_product", prices=("team",), adjustable_quantity=AdjustableQuantity(enabled=False)
    )
    assert codes(with_update(products=(only_this,)))[0] == "nothing_else_offered"
    assert codes(with_feature("subscription_cancel", enabled=False))[1:] == ("subscription_cancel_disabled",) * 2
