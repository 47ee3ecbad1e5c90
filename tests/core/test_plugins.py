"""The plugin host: what it finds, what it leaves out and why, and that one plugin's failure costs nobody else."""

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from msgspec import Struct
from tests.outside_channel import tutorial_files

from frontdesk import (
    Account,
    BillingBackend,
    Capabilities,
    Changes,
    Customer,
    CustomerSignedIn,
    Delivery,
    InvoicePaid,
    Letter,
    Link,
    OfferTaken,
    Panel,
    PasscodeChannel,
    PlanChanged,
    Request,
    Subscription,
    SubscriptionCanceled,
    hookimpl,
    plugin_examination,
)
from frontdesk.events import CustomerDeleted
from frontdesk.panel_calls import ShownPanels
from frontdesk.plugins import Announced, BrokenPlugin, PluginConflict, PluginHost, allow_list
from frontdesk.retention import StayOffer
from frontdesk.sentences import in_english

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACCOUNT = Account(customer=Customer(id="cus_1", created=NOW))
BILLED = Account(
    customer=Customer(id="cus_1", created=NOW, name="Jenny"),
    subscriptions=(
        Subscription(
            id="sub_1",
            customer="cus_1",
            status="active",
            currency="eur",
            created=NOW,
            start_date=NOW,
            anchor=NOW,
            items=(),
        ),
    ),
)
SIGNED_IN = CustomerSignedIn(customer="cus_1", at=NOW)

CHANNEL = """
from msgspec import Struct
from frontdesk import PasscodeChannel, hookimpl

class Channel(PasscodeChannel):
    name = "{name}"
    title = "A channel"
    class Settings(Struct): ...
    async def deliver(self, letter): ...

@hookimpl
def otp_channels():
    return [Channel]
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a distribution with one module on sys.path: `install("acme-mail", "acme_mail", source)`."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(distribution: str, module: str, source: str, *, entry_point: str = "", version: str = "1.2.3") -> None:
        (tmp_path / f"{module}.py").write_text(source, "utf-8")
        monkeypatch.delitem(sys.modules, module, raising=False)
        metadata = tmp_path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (metadata / "entry_points.txt").write_text(f"[frontdesk]\n{entry_point or module} = {module}\n")

    return install


def test_the_first_party_plugins_are_found_like_any_other() -> None:
    host = PluginHost.load({"otp_email", "tax_codes"})
    assert host.broken() == []
    assert [(each.name, each.distribution) for each in host.installed()] == [
        ("otp_email", "frontdesk-otp-email"),
        ("tax_codes", "frontdesk-tax-codes"),
    ]
    assert list(host.otp_channels()) == ["otp_email"]
    assert list(host.tax_catalogues()) == ["tax_codes"]
    assert dict(host.installed()[0].provides) == {"otp_channels": ("otp_email",)}


def test_everything_installed_loads_where_nothing_is_said(install: Install) -> None:
    install("acme-mail", "acme_mail", CHANNEL.format(name="acme"))
    host = PluginHost.load(allow_list(None))
    assert {"acme_mail", "otp_email", "tax_codes"} <= {each.name for each in host.installed()}
    (acme,) = (each for each in host.installed() if each.name == "acme_mail")
    assert (acme.distribution, acme.version, acme.hooks) == ("acme-mail", "1.2.3", ("otp_channels",))


def test_the_operators_list_allows_and_names_what_is_not_there() -> None:
    assert allow_list("") == frozenset()
    assert PluginHost.load(allow_list("")).installed() == []
    host = PluginHost.load(allow_list(" tax-codes, paddle,"))
    assert [each.name for each in host.installed()] == ["tax_codes"]
    assert host.broken() == [BrokenPlugin(name="paddle", distribution="", reason="it is allowed but not installed")]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import a_module_that_is_not_there", "ModuleNotFoundError: No module named 'a_module_that_is_not_there'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def broken(:", "SyntaxError"),
        ("from frontdesk import hookimpl\n@hookimpl\ndef otp_chanels(): ...", "did you mean 'otp_channels'?"),
        (
            "from frontdesk import hookimpl\n@hookimpl\ndef letters(): ...",
            "unknown hook 'letters'; docs/hooks.md lists all",
        ),
        ("def otp_channels(): return []", "lacks its mark: write @hookimpl above it"),
        ("from frontdesk import hookimpl\n@hookimpl\ndef plan_changed(evnt): ...", "plan_changed gives event"),
        (CHANNEL.format(name="x").replace("[Channel]", "Channel"), "returned the class Channel and not a list"),
        (CHANNEL.format(name="x").replace("[Channel]", "[Channel(None)]"), "the class itself is asked for: Channel"),
        (CHANNEL.format(name="x").replace("async def", "def"), "Channel.deliver must be async: async def deliver"),
        (
            CHANNEL.format(name="x").replace("async def", "async def destination(self, address): ...\n    async def"),
            "Channel.destination must not be async",
        ),
        (
            "from frontdesk import TaxCatalogue, hookimpl\nclass Codes(TaxCatalogue):\n name = title = 'x'\n"
            " def __init__(self, path): ...\n async def codes(self): ...\n"
            "@hookimpl\ndef tax_catalogues(): return [Codes]",
            "Codes is made without arguments, and its __init__ asks for some",
        ),
        ("from frontdesk import hookimpl\n@hookimpl\ndef invoice_paid(invoice): ...", "invoice"),
        ("from frontdesk import hookimpl\n@hookimpl\nasync def otp_channels(): ...", "otp_channels is async"),
        ("from frontdesk import hookimpl\n@hookimpl\nasync def portal_panels(account): ...", "portal_panels is async"),
        ("from frontdesk import hookimpl\n@hookimpl(wrapper=True)\ndef otp_channels():\n return (yield)", "wraps"),
        ("from frontdesk import hookimpl\n@hookimpl\ndef otp_channels(): 1 / 0", "ZeroDivisionError"),
        ("from frontdesk import hookimpl\n@hookimpl\ndef otp_channels(): return 7", "int and not a list"),
        (
            "from frontdesk import hookimpl\n@hookimpl\ndef otp_channels(): return [dict]",
            "no subclass of PasscodeChannel",
        ),
        (CHANNEL.format(name="x").replace("title =", "titel ="), "Channel.title is missing"),
        (CHANNEL.format(name="Not A Name"), "Channel.name"),
        (CHANNEL.format(name="x").replace("name =", "nome ="), "Channel.name"),
        (CHANNEL.format(name="x").replace("deliver", "delivr"), "Channel lacks deliver"),
        (CHANNEL.format(name="x").replace("class Settings(Struct)", "class Setings(Struct)"), "Channel.Settings"),
        (CHANNEL.format(name="x").replace("(Struct): ...", "(Struct): at: dict[str, int]"), "cannot be drawn"),
        (CHANNEL.format(name="x").replace("[Channel]", "[Channel, Channel]"), "'x' twice"),
        (
            "from frontdesk import hookimpl\nasync def late(): ...\n@hookimpl\ndef tax_catalogues(): return late()",
            "coroutine",
        ),
    ],
)
def test_a_broken_plugin_is_left_out_and_listed(install: Install, source: str, reason: str, caplog) -> None:
    module = f"acme_broken_{abs(hash(source))}"
    install("acme-broken", module, source, entry_point="acme_broken")
    host = PluginHost.load({"acme_broken", "tax_codes"})
    (broken,) = host.broken()
    assert (broken.name, broken.distribution) == ("acme_broken", "acme-broken")
    assert reason in broken.reason
    assert [each.name for each in host.installed()] == ["tax_codes"]
    assert host.otp_channels() == {}
    assert "plugin left out" in caplog.text


def test_a_hook_that_takes_its_time_at_start_is_named(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.setattr(plugin_examination, "SLOW_SECONDS", -1.0)
    assert PluginHost.of(pigeon=plugin(otp_channels=lambda: [Pigeon])).broken() == []
    (told,) = (each for each in caplog.records if each.message == "plugin is slow to start")
    assert (told.plugin, told.hook) == ("pigeon", "otp_channels")


def test_a_plugin_with_one_bad_hook_provides_nothing_and_hears_nothing(install: Install) -> None:
    source = CHANNEL.format(name="half") + "\n@hookimpl\ndef portal_pannels(account): ...\n"
    install("acme-half", "acme_half", source)
    host = PluginHost.load({"acme_half"})
    assert "portal_pannels" in host.broken()[0].reason
    assert (host.installed(), dict(host.otp_channels())) == ([], {})


def test_two_plugins_that_provide_one_name_refuse_to_start(install: Install) -> None:
    install("acme-mail", "acme_mail", CHANNEL.format(name="otp_email"))
    with pytest.raises(PluginConflict, match=r"'otp_email' \(otp channels\): acme-mail and frontdesk-otp-email"):
        PluginHost.load({"acme_mail", "otp_email"})
    assert list(PluginHost.load({"acme_mail"}).otp_channels()) == ["otp_email"]


def test_two_distributions_with_one_plugin_name_refuse_to_start(install: Install) -> None:
    install("acme-mail", "acme_mail", CHANNEL.format(name="one"), entry_point="mail")
    install("other-mail", "other_mail", CHANNEL.format(name="two"), entry_point="mail")
    with pytest.raises(PluginConflict, match="acme-mail and other-mail"):
        PluginHost.load({"mail"})


def test_a_broken_plugin_is_no_rival(install: Install) -> None:
    install("acme-mail", "acme_mail", CHANNEL.format(name="otp_email") + "\n1 / 0\n")
    host = PluginHost.load({"acme_mail", "otp_email"})
    assert [each.name for each in host.broken()] == ["acme_mail"]
    assert [each.name for each in host.installed()] == ["otp_email"]


def test_hosts_know_nothing_of_each_other() -> None:
    assert PluginHost.of().installed() == []
    assert [each.name for each in PluginHost.of(quiet=SimpleNamespace()).installed()] == ["quiet"]
    with pytest.raises(ValueError, match="unknown hook"):
        PluginHost.of(misspelt=plugin(portal_pannels=lambda account: []))


class NoSettings(Struct):
    """Nothing to fill in."""


class Pigeon(PasscodeChannel[NoSettings]):
    name = "pigeon"
    title = "A pigeon"
    Settings = NoSettings

    async def deliver(self, letter: Letter) -> Delivery:
        return Delivery(outcome="accepted")


class Abacus(BillingBackend[NoSettings]):
    name = "abacus"
    title = "An abacus"
    Settings = NoSettings
    capabilities = Capabilities(remote=False, can=frozenset(), collection_methods=("send_invoice",))

    async def carry_out(self, request: Request) -> Changes:
        return Changes()

    async def quote(self, request: Request) -> Changes:
        return Changes()


def test_hook_billing_backends_provides_classes_by_name() -> None:
    host = PluginHost.of(pigeon=plugin(otp_channels=lambda: [Pigeon], billing_backends=lambda: [Abacus]))
    assert dict(host.otp_channels()) == {"pigeon": Pigeon}
    assert dict(host.billing_backends()) == {"abacus": Abacus}
    assert dict(host.tax_catalogues()) == {}
    with pytest.raises(TypeError):
        host.otp_channels()["other"] = Pigeon  # type: ignore[index]


def test_a_backend_must_say_what_it_can() -> None:
    class Mute(Abacus):
        capabilities = None  # type: ignore[assignment]

    with pytest.raises(ValueError, match="capabilities is missing"):
        PluginHost.of(mute=plugin(billing_backends=lambda: [Mute]))


def plugin(**functions: Callable[..., object]) -> ModuleType:
    module = ModuleType("plugin")
    for name, function in functions.items():
        function.__name__ = name
        setattr(module, name, hookimpl(function))
    return module


def panel(title: str) -> Panel:
    return Panel(title=title, paragraphs=("Text",), links=(Link("More", "https://example.com"),))


async def test_hook_portal_panels_merges_by_plugin_name_and_asks_enabled_plugins_alone() -> None:
    host = PluginHost.of(
        zebra=plugin(portal_panels=lambda account: (panel("zebra"),)),
        ant=plugin(portal_panels=lambda account, locale: [panel(f"{account.customer.id} {locale}"), panel("second")]),
        cat=plugin(portal_panels=lambda: None),
        dog=plugin(plan_changed=lambda event: None),
    )
    shown = await host.panels(ACCOUNT, "de", {"zebra", "ant", "cat", "dog"})
    assert [each.title for each in shown.panels] == ["cus_1 de", "second", "zebra"]
    assert shown.whole
    assert [each.title for each in (await host.panels(ACCOUNT, "de", ["zebra", "unknown"])).panels] == ["zebra"]
    for enabled in ((), {"dog"}):
        assert await host.panels(ACCOUNT, "de", enabled) == ShownPanels()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: 1 / 0,
        lambda: 7,
        lambda: ["text"],
        lambda: [Panel(title=5)],  # type: ignore[arg-type]
        lambda: [Panel(title=" ")],
        lambda: [Panel(title="x", links=(Link("x", "javascript:alert(1)"),))],
        lambda: asyncio.sleep(0),
        lambda: sys.exit(1),
        lambda: next(iter(())),
    ],
)
async def test_a_panel_that_fails_takes_no_other_with_it(answer: Callable[[], object], caplog) -> None:
    host = PluginHost.of(
        bad=plugin(portal_panels=lambda account: answer()), good=plugin(portal_panels=lambda account: [panel("good")])
    )
    shown = await host.panels(ACCOUNT, "en", {"bad", "good"})
    assert [each.title for each in shown.panels] == ["good"]
    assert not shown.whole
    assert [each.plugin for each in caplog.records if each.message == "plugin failed"] == ["bad"]


async def test_a_panel_that_hangs_is_not_waited_for_and_asked_again_once_it_came_back(caplog) -> None:
    release, asked = threading.Event(), []

    def hangs(account: Account) -> list[Panel]:
        asked.append(account.customer.id)
        release.wait(20)
        return [panel("late")]

    host = PluginHost.of(hangs=plugin(portal_panels=hangs), good=plugin(portal_panels=lambda: [panel("good")]))
    enabled = {"hangs", "good"}
    try:
        for _ in range(2):
            shown = await host.panels(ACCOUNT, "en", enabled, seconds=0.2)
            assert [each.title for each in shown.panels] == ["good"]
            assert not shown.whole
        assert asked == ["cus_1"], "while it hangs it is not asked again"
        assert [each.plugin for each in caplog.records] == ["hangs"]
    finally:
        release.set()
    while not shown.whole:
        shown = await host.panels(ACCOUNT, "en", enabled)
    assert [each.title for each in shown.panels] == ["good", "late"]


@pytest.mark.parametrize("url", ["javascript:x", "//evil.example", "/\\evil.example", "data:text/html,x", "", " /x"])
def test_a_link_leads_nowhere_strange(url: str) -> None:
    with pytest.raises(ValueError, match="a link leads to"):
        Link("Here", url)


PLAN_CHANGED = PlanChanged(customer="cus_1", subscription="sub_1", at=NOW, before=(), after=())


async def test_hook_plan_changed() -> None:
    await announced_once("plan_changed", PLAN_CHANGED)


async def test_hook_invoice_paid() -> None:
    await announced_once("invoice_paid", InvoicePaid(customer="cus_1", invoice="in_1", at=NOW))


async def test_hook_customer_signed_in() -> None:
    await announced_once("customer_signed_in", SIGNED_IN)


async def test_hook_subscription_canceled() -> None:
    await announced_once("subscription_canceled", SubscriptionCanceled(customer="cus_1", subscription="sub_1", at=NOW))


async def test_hook_offer_taken() -> None:
    offer = StayOffer(type="pause", months=2)
    taken = OfferTaken(customer="cus_1", subscription="sub_1", at=NOW, offer=offer, took_back=True)
    await announced_once("offer_taken", taken)


async def announced_once(hook: str, event) -> None:
    heard = []

    async def later(event) -> None:
        heard.append(("later", event))

    host = PluginHost.of(
        plain=plugin(**{hook: lambda event: heard.append(("plain", event))}),
        later=plugin(**{hook: later}),
        off=plugin(**{hook: lambda event: heard.append(("off", event))}),
    )
    report = await host.announce(event, {"plain", "later"})
    assert report == (Announced(plugin="later", hook=hook), Announced(plugin="plain", hook=hook))
    assert sorted(heard, key=lambda each: each[0]) == [("later", event), ("plain", event)]


async def test_an_event_without_a_hook_is_announced_to_nobody() -> None:
    assert await PluginHost.of().announce(CustomerDeleted(customer="cus_1", at=NOW), ()) == ()


async def test_an_announcement_is_isolated_and_limited_in_time(caplog) -> None:
    caplog.set_level(logging.ERROR)
    heard: list[str] = []
    release = threading.Event()

    async def hangs(event) -> None:
        await asyncio.Event().wait()

    async def gives_up(event) -> None:
        raise asyncio.CancelledError

    async def good(event) -> None:
        heard.append(event.customer)

    host = PluginHost.of(
        bad=plugin(customer_signed_in=lambda event: 1 / 0),
        blocks=plugin(customer_signed_in=lambda event: release.wait(20)),
        gives_up=plugin(customer_signed_in=gives_up),
        good=plugin(customer_signed_in=good),
        hangs=plugin(customer_signed_in=hangs),
    )
    try:
        report = await host.announce(SIGNED_IN, {"bad", "blocks", "gives_up", "good", "hangs"}, seconds=0.2)
    finally:
        release.set()
    assert {each.plugin: each.error for each in report} == {
        "bad": "ZeroDivisionError: division by zero",
        "blocks": "TimeoutError",
        "gives_up": "CancelledError",
        "good": None,
        "hangs": "TimeoutError",
    }
    assert heard == ["cus_1"]
    assert {each.plugin for each in caplog.records} == {"bad", "blocks", "gives_up", "hangs"}


async def test_the_second_example_of_the_page_works() -> None:
    thanks = ModuleType("frontdesk_thanks")
    exec(tutorial_files()["frontdesk_thanks.py"], vars(thanks))
    host = PluginHost.of(thanks=thanks)
    assert await host.panels(ACCOUNT, "de", {"thanks"}) == ShownPanels()
    (shown,) = (await host.panels(BILLED, "de", {"thanks"})).panels
    assert in_english(shown.title) == "Thank you"
    assert shown.links == (Link("thanks\x04What is new", "https://example.com/de/blog"),)
    assert (await host.announce(PLAN_CHANGED, {"thanks"}))[0].error is None
    assert vars(thanks)["changes"] == ["sub_1"]
