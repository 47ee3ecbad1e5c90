"""Every switch of a portal configuration, one at a time: pages, flows and the API's permissions say the same.

A configuration with everything on is changed by one switch through the API. Then a session is opened under it, as a
tenant's program does, and every act of the portal is looked for: where the API says yes, its button and its page are
there and its flow can be made; where it says no, there is no button, the page and the flow refuse, in the same words.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from api_server import Shop, made
from bare_browser import words
from msgspec import Struct

CONFIGURATIONS, SESSIONS = "/v1/billing_portal/configurations", "/v1/billing_portal/sessions"
UPDATE, CANCEL = "features[subscription_update]", "features[subscription_cancel]"
PAUSE, DETAILS = "features[subscription_pause]", "features[customer_update]"
FIELDS = {"name": 'name="name"', "phone": 'name="phone"', "address": 'name="address_line1"', "email": 'name="email"'}
"""What of the details' page can be typed, by detail."""
PLAN = ("change_price", "change_quantity", "use_promotion_code")


class Row(Struct, frozen=True, kw_only=True):
    """A switch: what is set, what is refused then that is not otherwise (code by act), and what else can be read."""

    name: str
    set: Mapping[str, str] = {}
    refused: Mapping[str, str] = {}
    home: tuple[str, ...] = ()
    cancel_page: tuple[str, ...] = ()


def each(codes: str, *acts: str) -> dict[str, str]:
    """The same code for several acts."""
    return dict.fromkeys(acts, codes)


ROWS = (
    Row(name="everything on", home=("Change plan", "Cancel plan", "Pause plan", "Invoices", "Northbeam and you")),
    Row(
        name="updates off",
        set={f"{UPDATE}[enabled]": "false"},
        refused=each("subscription_update_disabled", *PLAN, "undo_change"),
    ),
    Row(
        name="nothing may be updated",
        set={f"{UPDATE}[default_allowed_updates]": ""},
        refused=each("subscription_update_disabled", *PLAN),
    ),
    Row(
        name="the price alone",
        set={f"{UPDATE}[default_allowed_updates][0]": "price"},
        refused={"change_quantity": "quantity_not_adjustable", "use_promotion_code": "promotion_code_not_allowed"},
    ),
    Row(
        name="the quantity alone",
        set={f"{UPDATE}[default_allowed_updates][0]": "quantity"},
        refused={"change_price": "price_not_adjustable", "use_promotion_code": "promotion_code_not_allowed"},
    ),
    Row(
        name="price and code",
        set={
            f"{UPDATE}[default_allowed_updates][0]": "price",
            f"{UPDATE}[default_allowed_updates][1]": "promotion_code",
        },
        refused={"change_quantity": "quantity_not_adjustable"},
    ),
    Row(
        name="no products",
        set={f"{UPDATE}[products]": ""},
        refused={
            "change_price": "nothing_else_offered",
            "change_quantity": "price_not_offered",
            "use_promotion_code": "nothing_else_offered",
        },
    ),
    Row(
        name="the present price alone",
        set={f"{UPDATE}[products][0][product]": "@product", f"{UPDATE}[products][0][prices][0]": "@monthly"},
        refused={"change_price": "nothing_else_offered"},
    ),
    Row(
        name="a fixed quantity",
        set={
            f"{UPDATE}[products][0][product]": "@product",
            f"{UPDATE}[products][0][prices][0]": "@monthly",
            f"{UPDATE}[products][0][prices][1]": "@yearly",
            f"{UPDATE}[products][0][adjustable_quantity][enabled]": "false",
        },
        refused={"change_quantity": "quantity_not_adjustable"},
    ),
    Row(
        name="changes billed in the other ways",
        set={
            f"{UPDATE}[proration_behavior]": "none",
            f"{UPDATE}[billing_cycle_anchor]": "now",
            f"{UPDATE}[trial_update_behavior]": "continue_trial",
            f"{UPDATE}[schedule_at_period_end][conditions][0][type]": "decreasing_item_amount",
        },
    ),
    Row(
        name="cancelling off",
        set={f"{CANCEL}[enabled]": "false"},
        refused=each("subscription_cancel_disabled", "cancel", "keep"),
    ),
    Row(name="cancelling at once", set={f"{CANCEL}[mode]": "immediately"}, cancel_page=("Ends at once",)),
    Row(
        name="pausing off",
        set={f"{PAUSE}[enabled]": "false"},
        refused=each("subscription_pause_disabled", "pause", "move_pause", "resume"),
    ),
    Row(name="pausing without end", set={f"{PAUSE}[duration][type]": "indefinite"}),
    Row(
        name="starting again off",
        set={"frontdesk[restart][enabled]": "false"},
        refused={"start_again": "restart_disabled"},
    ),
    Row(
        name="details off",
        set={f"{DETAILS}[enabled]": "false"},
        refused=each("customer_update_disabled", "name", "email", "address", "phone", "tax_id"),
    ),
    *(
        Row(
            name=f"{detail} alone",
            set={f"{DETAILS}[allowed_updates][0]": detail},
            refused=each(
                "detail_not_allowed",
                *(other for other in ("name", "email", "address", "phone", "tax_id") if other != detail),
            ),
        )
        for detail in ("name", "email", "address", "phone", "tax_id")
    ),
    Row(
        name="invoices off",
        set={"features[invoice_history][enabled]": "false"},
        refused={"view": "invoice_history_disabled"},
    ),
    Row(
        name="another headline, and a way back",
        set={
            "business_profile[headline]": "Look after your plan",
            "default_return_url": "https://northbeam.example/app",
        },
        home=("Look after your plan", "Return to"),
    ),
)
ALWAYS = {
    "pay": "paid_by_transfer",
    "methods": "no_payment_methods",
    "keep": "not_set_to_cancel",
    "undo_change": "nothing_put_off",
    "move_pause": "subscription_not_paused",
    "resume": "subscription_not_paused",
}
"""What is refused whatever the configuration says, as nothing is cancelled, waits or rests."""


class Scene(Struct, frozen=True, kw_only=True):
    """A shop, a customer with a plan by the month, and a configuration of which one switch after the other is set."""

    shop: Shop
    customer: str
    subscription: str
    configuration: str
    ended: str

    def everything(self) -> dict[str, str]:
        """All features on, as far as the backend has them."""
        lists = {
            f"{DETAILS}[allowed_updates]": ("name", "email", "address", "phone", "tax_id"),
            f"{UPDATE}[default_allowed_updates]": ("price", "quantity", "promotion_code"),
            f"{UPDATE}[products][0][prices]": ("@monthly", "@yearly"),
        }
        return {
            f"{DETAILS}[enabled]": "true",
            "features[invoice_history][enabled]": "true",
            f"{CANCEL}[enabled]": "true",
            f"{CANCEL}[mode]": "at_period_end",
            f"{PAUSE}[enabled]": "true",
            f"{PAUSE}[duration][type]": "interval_options",
            f"{PAUSE}[duration][interval_options][0][interval]": "month",
            f"{UPDATE}[enabled]": "true",
            f"{UPDATE}[products][0][product]": "@product",
            f"{UPDATE}[proration_behavior]": "always_invoice",
            f"{UPDATE}[billing_cycle_anchor]": "unchanged",
            f"{UPDATE}[trial_update_behavior]": "end_trial",
            f"{UPDATE}[schedule_at_period_end][conditions]": "",
            "frontdesk[restart][enabled]": "true",
            "business_profile[headline]": "Northbeam and you",
            "default_return_url": "",
            **{f"{name}[{place}]": value for name, values in lists.items() for place, value in enumerate(values)},
        }

    def set_to(self, row: Row) -> dict[str, str]:
        """The parameters of a row: everything on, but for what it says. A list that it names replaces the whole one."""
        lists = {re.sub(r"\[\d.*", "", name) for name in row.set} | {
            name for name, value in row.set.items() if not value
        }
        kept = {name: value for name, value in self.everything().items() if not name.startswith(tuple(lists))}
        named = {"@product": self.shop.product, "@monthly": self.shop.monthly, "@yearly": self.shop.yearly}
        return {name: named.get(value, value) for name, value in (kept | dict(row.set)).items()}


@pytest.fixture
async def scene(shop: Shop) -> Scene:
    """The scene; its configuration has nothing on yet."""
    customer = shop.customer()
    with shop.http() as http:
        configuration = made(http.post(CONFIGURATIONS, data={"features[invoice_history][enabled]": "true"}))
        free = {"product_data[name]": "Notes", "currency": "eur", "unit_amount": "0", "recurring[interval]": "month"}
        notes = {"customer": customer, "items[0][price]": made(http.post("/v1/prices", data=free))}
        ended = made(http.delete(f"/v1/subscriptions/{made(http.post('/v1/subscriptions', data=notes))}"))
    return Scene(
        shop=shop,
        customer=customer,
        subscription=shop.subscription(customer),
        configuration=configuration,
        ended=ended,
    )


async def test_page_flow_and_api_agree_under_every_switch(scene: Scene) -> None:
    faults: list[str] = []
    with scene.shop.http() as http:
        for row in ROWS:
            changed = http.post(f"{CONFIGURATIONS}/{scene.configuration}", data=scene.set_to(row))
            assert changed.status_code == 200, (row.name, changed.text)
            answers = permissions(http, scene)
            found = {act: answer["code"] for act, answer in answers.items() if not answer["allowed"]}
            expected = ALWAYS | {"shipping": found.get("shipping", ""), **row.refused}
            faults += [
                f"{row.name}: {act} is {found.get(act)}, not {expected.get(act)}"
                for act in found.keys() | expected
                if found.get(act, "") != expected.get(act, "")
            ]
            faults += [f"{row.name}: {fault}" for fault in disagreements(http, scene, row, answers)]
    assert not faults, "\n".join(faults)


def permissions(http: httpx.Client, scene: Scene) -> dict[str, dict[str, Any]]:
    """The API's answers by act."""
    params = {"customer": scene.customer, "configuration": scene.configuration}
    body = http.get("/v1/billing_portal/permissions", params=params).json()
    (acts,) = body["subscriptions"]
    by_act = {name: answer for name, answer in acts.items() if isinstance(answer, dict)}
    (ended,) = body["ended_subscriptions"]
    others = {"methods": body["payment_method_update"], "start_again": ended["start_again"]}
    return {**body["customer_update"], **body["invoices"], **others, **by_act}


def disagreements(http: httpx.Client, scene: Scene, row: Row, answers: Mapping[str, Any]) -> Iterator[str]:
    """Where the pages of a session, or the flows, say something else than the API."""
    may = {act: answer["allowed"] for act, answer in answers.items()}
    session = {"customer": scene.customer, "configuration": scene.configuration}
    link = http.post(SESSIONS, data=session).json()["url"]
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=20) as browser:
        opened = browser.get(link)
        home, base = opened.text.replace("&#x2f;", "/"), str(opened.url).rstrip("/")
        path = f"/subscriptions/{scene.subscription}"
        yield from (f"home lacks {text}" for text in row.home if text not in words(home) and text not in home)
        ways = {
            "change": any(may[act] for act in PLAN),
            "cancel": may["cancel"],
            "pause": may["pause"],
        }
        for act, open_ in ways.items():
            shown = f'{path}/{act}"' in home
            if shown != open_:
                yield f"the home page {'has' if shown else 'lacks'} the way to {act}, the API says {open_}"
            page = browser.get(f"{base}{path}/{act}")
            if (page.status_code == 200) != open_:
                yield f"the page to {act} answers {page.status_code}, the API says {open_}"
            reason = answers[{"change": "change_price"}.get(act, act)]["customer_message"]
            if not open_ and reason and act != "change" and reason not in words(page.text):
                yield f"the page to {act} does not say {reason!r}"
            if act == "change" and open_:
                yield from choices(page.text.replace("&#x2f;", "/"), scene, may)
            if act == "cancel" and open_:
                yield from (f"the cancel page lacks {text}" for text in row.cancel_page if text not in words(page.text))
            job = "subscription_update" if act == "change" else f"subscription_{act}"
            yield from flow(http, session, job, scene, open_, answers)
        again = f"/subscriptions/{scene.ended}/start-again"
        opens = (f'{again}"' in home, browser.get(base + again).status_code == 200)
        if opens != (may["start_again"],) * 2:
            yield f"the way to start again, and its page, are {opens}, the API says {may['start_again']}"
        yield from details(browser, base, home, may)
        yield from flow(
            http, session, "customer_update", scene, any(may[detail] for detail in (*FIELDS, "tax_id")), answers
        )
        if (browser.get(f"{base}/statement").status_code == 200) != may["view"]:
            yield f"the statement of account is open, or not, against the API's {may['view']}"


def choices(page: str, scene: Scene, may: Mapping[str, bool]) -> Iterator[str]:
    """The plan page: other intervals, a quantity and a field for a code."""
    found = {
        "change_price": 'value="year-1"' in page,
        "change_quantity": bool(re.search(r'<input[^>]*name="quantity', page)),
        "use_promotion_code": 'name="code"' in page,
    }
    for act, shown in found.items():
        if shown != may[act]:
            yield f"the plan page {'has' if shown else 'lacks'} what it takes to {act}, the API says {may[act]}"


def details(browser: httpx.Client, base: str, home: str, may: Mapping[str, bool]) -> Iterator[str]:
    """The page of the details, each field as permitted."""
    any_ = any(may[detail] for detail in (*FIELDS, "tax_id"))
    if ('/details"' in home) != any_:
        yield f"the way to the details is there, or not, against the API's {any_}"
    page = browser.get(f"{base}/details")
    if (page.status_code == 200) != any_:
        yield f"the details answer {page.status_code}, the API says {any_}"
    if any_:
        for detail, field in {**FIELDS, "tax_id": "/details/tax-ids"}.items():
            if (field in page.text.replace("&#x2f;", "/")) != may[detail]:
                yield f"the details have {detail}, or not, against the API's {may[detail]}"


def flow(
    http: httpx.Client, session: Mapping[str, str], type_: str, scene: Scene, open_: bool, answers: Mapping[str, Any]
) -> Iterator[str]:
    """Whether a session with the flow can be made, and is refused in a sentence of the API's otherwise."""
    data = {**session, "flow_data[type]": type_}
    if type_ != "customer_update":
        data[f"flow_data[{type_}][subscription]"] = scene.subscription
    answer = http.post(SESSIONS, data=data)
    if (answer.status_code == 200) != open_:
        yield f"the flow {type_} answers {answer.status_code} {answer.text[:200]}, the API says {open_}"
    if not open_ and answer.json()["error"]["message"] not in {each["message"] for each in answers.values()}:
        yield f"the flow {type_} is refused in other words: {answer.text[:200]}"
