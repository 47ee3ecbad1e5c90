"""What a plugin adds to the home page: shown to whom it is for, as text, and never in the way of the page."""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite, serve_site
from tests.outside_channel import write_tutorial

import frontdesk_invoice_only
import frontdesk_otp_email
from frontdesk import Account, Link, Panel, hookimpl
from frontdesk.plugins import PluginHost
from frontdesk_tenants import enabling, page_cache
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.portal.release import release

GERMAN = """msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Thank you"
msgstr "Vielen Dank"

msgid "It is good to have you, {name}."
msgstr "Schön, dass Sie da sind, {name}."
"""


class Moody:
    """A plugin whose panels are what a test says, and which counts how often it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[Account], list[Panel]] = lambda account: []
        self.asked = 0

    @hookimpl
    def portal_panels(self, account: Account) -> list[Panel]:
        self.asked += 1
        return self.answer(account)


class Spoken:
    """What the plugin of the page says in German."""

    def __init__(self, thanks: ModuleType, folder: Path) -> None:
        self.portal_panels = thanks.portal_panels
        self._folder = folder

    @hookimpl
    def message_catalogues(self) -> Path:
        return self._folder


@pytest.fixture(scope="module")
def moody() -> Moody:
    return Moody()


@pytest.fixture(scope="module")
def host(moody: Moody, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PluginHost]:
    """The second example of docs/plugins.md, with a catalogue, and a plugin that does as it is told."""
    folder = tmp_path_factory.mktemp("thanks")
    catalogue = folder / "de" / "LC_MESSAGES" / "thanks.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(GERMAN, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(write_tutorial(folder / "tutorial"))
        patch.delitem(sys.modules, "frontdesk_thanks", raising=False)
        yield PluginHost.of(
            invoice_only=frontdesk_invoice_only,
            otp_email=frontdesk_otp_email,
            moody=moody,
            thanks=Spoken(import_module("frontdesk_thanks"), folder),
        )


@pytest.fixture(scope="module")
def site(postgres: PostgresAddresses, host: PluginHost) -> Iterator[RunningSite]:
    with serve_site(postgres, plugins=host) as running:
        yield running


@pytest.fixture
async def shop(tenancy: Tenancy, host: PluginHost, moody: Moody, monkeypatch: pytest.MonkeyPatch) -> Shop:
    moody.answer = lambda account: []
    # Other tests of this process have the same tenancy after us.
    monkeypatch.setattr(tenancy, "plugins", host)
    return await open_shop(tenancy)


async def switch_on(shop: Shop, *plugins: str) -> None:
    for each in plugins:
        await enabling.enable(shop.tenancy, shop.door, each, {}, API)


async def test_hook_portal_panels_is_shown_to_the_customers_of_who_has_it(shop: Shop, site: RunningSite) -> None:
    """Only to theirs, in the language of the page, at once as it is switched on and off, and not without a plan."""
    secret = await shop.sign_in(await shop.add_customer(shop.item("team"), name="Ashford & <b>Lane</b>"))
    other = await open_shop(shop.tenancy)
    strangers = await other.sign_in(await other.add_customer(other.item("team")))
    without = await shop.sign_in(await shop.add_customer(email="new@example.com"))
    async with PortalBrowser(site, shop, secret) as browser, PortalBrowser(site, shop, without) as nobody:
        assert "panel-1" not in (await browser.get("/")).text
        await switch_on(shop, "thanks", "moody")
        page = (await browser.get("/")).text
        assert '<h2 class="section-title" id="panel-1">Thank you</h2>' in page
        assert "It is good to have you, Ashford &amp; &lt;b&gt;Lane&lt;&#x2f;b&gt;." in page
        assert '<a class="section-link" href="https:&#x2f;&#x2f;example.com&#x2f;en&#x2f;blog">What is new</a>' in page
        assert "panel-2" not in page
        assert "panel-1" not in (await nobody.get("/")).text
        german = (await browser.get("/?lang=de")).text
        assert '<h2 class="section-title" id="panel-1">Vielen Dank</h2>' in german
        assert "Schön, dass Sie da sind, Ashford &amp; &lt;b&gt;Lane&lt;&#x2f;b&gt;." in german
        assert 'href="https:&#x2f;&#x2f;example.com&#x2f;de&#x2f;blog"' in german
        await enabling.disable(shop.tenancy, shop.door, "thanks", API)
        assert "panel-1" not in (await browser.get("/")).text
    async with PortalBrowser(site, other, strangers) as browser:
        assert "panel-1" not in (await browser.get("/")).text


async def test_what_a_panel_says_is_text_and_follows_the_account(shop: Shop, site: RunningSite, moody: Moody) -> None:
    attack = "</section><script>alert(1)</script>\u2028{{ 7 * 7 }}{% raw %}{name}"
    moody.answer = lambda account: [
        Panel(title=attack, paragraphs=(attack,), links=(Link(attack, 'https://example.com/"onclick="x'),)),
        Panel(title=f"{len(account.subscriptions)} plans"),
    ]
    await switch_on(shop, "moody")
    customer = await shop.add_customer(shop.item("team"))
    async with PortalBrowser(site, shop, await shop.sign_in(customer)) as browser:
        page = (await browser.get("/")).text
        shown = "&lt;&#x2f;section&gt;&lt;script&gt;alert(1)&lt;&#x2f;script&gt;\u2028{{ 7 * 7 }}{% raw %}{name}"
        assert page.count(shown) == 3, page
        assert "alert(1)</script>" not in page
        assert 'href="https:&#x2f;&#x2f;example.com&#x2f;&quot;onclick=&quot;x"' in page
        assert ">1 plans<" in page
        before = moody.asked
        await browser.get("/")
        assert moody.asked == before, "a page that is kept asks no plugin"
        await shop.subscribe(customer, shop.item("scale"))
        assert ">2 plans<" in (await browser.get("/")).text


async def test_a_plugin_that_fails_leaves_the_page_whole_and_is_asked_again(
    shop: Shop, site: RunningSite, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(account: Account) -> list[Panel]:
        raise SystemExit

    moody.answer = fails
    await switch_on(shop, "moody", "thanks")
    customer = await shop.add_customer(shop.item("team"))
    async with PortalBrowser(site, shop, await shop.sign_in(customer)) as browser:
        for _ in range(2):
            page = await browser.get("/")
            assert page.status_code == 200
            assert "Thank you" in page.text
            assert "panel-2" not in page.text
        moody.answer = lambda account: [Panel(title="Here again")]
        assert "Here again" not in (await browser.get("/")).text, "it is kept for a minute"
        good = page_cache.is_good
        # A minute later: what lasts only for a time is over, what lasts for ever is not.
        monkeypatch.setattr(page_cache, "is_good", lambda page, now: page.good_until is None and good(page, now))
        assert "Here again" in (await browser.get("/")).text


def test_pages_made_by_other_code_of_a_plugin_are_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes with other plugins, or with another version of one, share no page."""
    monkeypatch.syspath_prepend(tmp_path)
    source, seen = tmp_path / "frontdesk_changing.py", set()
    for text in ("CODE = 1", "CODE = 2"):
        source.write_text(text, "utf-8")
        monkeypatch.delitem(sys.modules, "frontdesk_changing", raising=False)
        module = import_module("frontdesk_changing")
        seen.add(release(PluginHost.of(changing=module)))
        seen.add(release(PluginHost.of(changed=module)))
    seen.add(release(PluginHost.of()))
    assert len(seen) == 5
    assert release(PluginHost.of()) in seen
