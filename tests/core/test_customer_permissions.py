"""Why a customer cannot do something: every act of the portal with its answer, by switch of the configuration."""

from typing import Any

import pytest
from msgspec.structs import replace
from seat_shop import BY_API, BY_LINK, CONFIGURATION, NOW, TERMS, open_shop, subscription_of, with_feature, with_update

from frontdesk import cancellations
from frontdesk.commands import CancelSubscription
from frontdesk.customer_permissions import Question, customer_permissions, setting_of
from frontdesk.desk import Actor
from frontdesk.permissions import Permission
from frontdesk.portal_configuration import AdjustableQuantity, Features, OfferedProduct, PortalConfiguration
from frontdesk.testing.desk import MemoryDesk

UPDATE, CANCEL = "features[subscription_update]", "features[subscription_cancel]"


@pytest.fixture
async def desk() -> MemoryDesk:
    return await open_shop()


def answers(
    desk: MemoryDesk, configuration: PortalConfiguration = CONFIGURATION, actor: Actor = BY_API, **other: Any
) -> dict[str, str | None]:
    """The code of each answer, None where it is yes; the acts of the only subscription under their own names."""
    asked: dict[str, Any] = {
        "actor": actor,
        "account": desk.account,
        "configuration": configuration,
        "capabilities": desk.capabilities,
        "terms": TERMS,
        "suspended": False,
        "now": NOW,
    }
    found = customer_permissions(Question(**(asked | other)))
    (acts,) = found.subscriptions.values()
    all_of_them: dict[str, Permission] = {**found.details, **acts, "view": found.invoices, "pay": found.pay}
    return {name: None if each.refusal is None else each.refusal.code for name, each in all_of_them.items()}


def test_the_shop_as_it_is(desk: MemoryDesk) -> None:
    assert answers(desk) == {
        "address": None,
        "email": None,
        "name": None,
        "phone": None,
        "shipping": "detail_not_allowed",
        "tax_id": "detail_not_allowed",
        "view": "invoice_history_disabled",
        "pay": "paid_by_transfer",
        "change_price": None,
        "change_quantity": None,
        "use_promotion_code": "promotion_code_not_allowed",
        "cancel": None,
        "keep": "not_set_to_cancel",
        "undo_change": "nothing_put_off",
        "pause": "subscription_pause_disabled",
        "move_pause": "subscription_pause_disabled",
        "resume": "subscription_pause_disabled",
    }
    assert answers(desk, actor=BY_LINK)["email"] == "email_fixed"


PLAN = ("change_price", "change_quantity", "use_promotion_code")
TEAM_ONLY = OfferedProduct(product="team_product", prices=("team",))
FIXED = OfferedProduct(
    product="team_product", prices=("team", "team_year"), adjustable_quantity=AdjustableQuantity(enabled=False)
)
CASES: list[tuple[dict[str, Any], tuple[str | None, str | None, str | None]]] = [
    ({"enabled": False}, ("subscription_update_disabled",) * 3),
    ({"default_allowed_updates": ()}, ("subscription_update_disabled",) * 3),
    ({"default_allowed_updates": ("price",)}, (None, "quantity_not_adjustable", "promotion_code_not_allowed")),
    ({"default_allowed_updates": ("quantity",)}, ("price_not_adjustable", None, "promotion_code_not_allowed")),
    ({"default_allowed_updates": ("price", "promotion_code")}, (None, "quantity_not_adjustable", None)),
    ({"products": ()}, ("nothing_else_offered", "price_not_offered", "nothing_else_offered")),
    ({"products": (TEAM_ONLY,)}, ("nothing_else_offered", None, "promotion_code_not_allowed")),
    ({"products": (FIXED,)}, (None, "quantity_not_adjustable", "promotion_code_not_allowed")),
]


@pytest.mark.parametrize(("switches", "codes"), CASES)
def test_plan_quantity_and_code_are_told_apart(
    desk: MemoryDesk, switches: dict[str, Any], codes: tuple[str | None, ...]
) -> None:
    found = answers(desk, with_update(**switches))
    assert tuple(found[act] for act in PLAN) == codes


def test_everything_off(desk: MemoryDesk) -> None:
    found = answers(desk, replace(CONFIGURATION, features=Features()))
    assert None not in found.values()
    assert {found[each] for each in ("name", "email", "address", "phone", "tax_id")} == {"customer_update_disabled"}
    assert (found["cancel"], found["keep"]) == ("subscription_cancel_disabled",) * 2


async def test_the_state_of_a_subscription_counts_before_what_is_offered(desk: MemoryDesk) -> None:
    await cancellations.cancel(desk, CancelSubscription(subscription=subscription_of(desk).id))
    found = answers(desk, with_update(default_allowed_updates=("price",)))
    assert [found[act] for act in (*PLAN, "cancel", "keep")] == ["set_to_cancel"] * 3 + ["already_set_to_cancel", None]


def test_a_suspended_side_lets_customers_leave_and_read(desk: MemoryDesk) -> None:
    found = answers(desk, with_feature("invoice_history", enabled=True), suspended=True)
    assert (found["cancel"], found["view"]) == (None, None)
    assert {found[each] for each in ("name", "change_price", "change_quantity", "keep")} == {"side_suspended"}


def test_a_refusal_that_a_setting_would_change_names_it(desk: MemoryDesk) -> None:
    off = customer_permissions(
        Question(
            actor=BY_API,
            account=desk.account,
            configuration=replace(CONFIGURATION, features=Features()),
            capabilities=desk.capabilities,
            terms=TERMS,
            suspended=False,
            now=NOW,
        )
    )
    (acts,) = off.subscriptions.values()
    assert setting_of(acts["change_price"].refusal) == f"{UPDATE}[enabled]"
    assert setting_of(acts["cancel"].refusal) == f"{CANCEL}[enabled]"
    assert setting_of(off.details["name"].refusal) == "features[customer_update][enabled]"
    assert setting_of(acts["undo_change"].refusal) == f"{UPDATE}[enabled]"
    assert setting_of(acts["pause"].refusal) == "features[subscription_pause][enabled]"
    assert setting_of(None) is None
