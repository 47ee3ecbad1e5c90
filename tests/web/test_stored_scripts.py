"""Whatever stands in whatever field, pages, letters and documents have the shape that they always have (trust.md B17).

Two tenants have a text of their own in every field. Those of the second are replaced in the database by what attackers
type, past all that refuses it at the door. A browser's own parser then says whether its pages still have the same
elements and attributes as the first one's; and a browser walks through them with its alarms on.
"""

import difflib
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest
from catalog_findings import Connection, as_admin, scoped_tables
from marked_tenants import Marked, letters_of_all, marked_tenant, words_of
from matrix_world import World, caller, own_request, send
from msgspec import Struct
from msgspec.structs import replace
from playwright.async_api import Browser
from posts import Mailbox, mailbox
from psycopg import sql
from pypdf import PdfReader
from route_table import PUBLIC
from script_payloads import PAYLOADS
from servers import Databases
from sides import opened_at
from sites import RunningSite, serve_site
from some_of_many import Choice
from spots import Spot, spots

from frontdesk_tenants.database_roles import drop_database
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_web.config import Smtp

BATCHES = (PAYLOADS[: len(PAYLOADS) // 2], PAYLOADS[len(PAYLOADS) // 2 :])
"""Payloads that stand behind each other in a field. One that breaks out is seen; one that does not hides none."""
READS = [each for each in spots() if each.method == "GET" and not each.is_api and str(each) not in PUBLIC]
OPENS = [each for each in READS if "{token}" in each.path or "session" in each.path or each.path.endswith("/flow")]
SHAPES = """
htmls => htmls.map(html => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const nodes = page.createNodeIterator(page, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
  const shape = [];
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    if (node.nodeType === Node.COMMENT_NODE) { shape.push('comment'); continue; }
    const names = [...node.attributes].map(each => {
      if (!['href', 'src', 'action', 'formaction'].includes(each.name)) return each.name;
      try { return each.name + '=' + new URL(each.value, 'https://own.example/').protocol } catch { return each.name }
    });
    shape.push(node.nodeName.toLowerCase() + '[' + names.sort().join(' ') + ']');
  }
  return shape;
})
"""
ALARMS = """
window.alarms = [];
window.alert = window.confirm = window.prompt = what => { window.alarms.push('called ' + what); };
document.addEventListener('securitypolicyviolation', each => {
  window.alarms.push(each.violatedDirective + ' ' + each.blockedURI + ' ' + each.sample);
});
"""


class Pair(Struct, frozen=True, kw_only=True):
    """A tenant with harmless words, and one whose words are an attacker's."""

    running: RunningSite
    addresses: PostgresAddresses
    harmless: Marked
    attacked: Marked
    post: Mailbox


@pytest.fixture(scope="module")
async def written(databases: Databases, worker_name: str) -> AsyncIterator[tuple[str, Marked, Marked]]:
    """A database with two tenants, of which each test gets a copy: its name, and who they are."""
    name = databases.named(f"{worker_name}_stored_scripts")
    addresses = databases.copy(name)
    with serve_site(addresses, smtp=smtp_at(1), plain_http=True) as running:
        async with opened_at(addresses) as tenancy:
            harmless, attacked = [await marked_tenant(tenancy, running, addresses, "en") for _ in range(2)]
    yield name, harmless, attacked
    drop_database(databases.admin_url, name)


@pytest.fixture
async def pair(
    written: tuple[str, Marked, Marked],
    fresh_database: Callable[..., PostgresAddresses],
    site_at: Callable[..., RunningSite],
) -> AsyncIterator[Pair]:
    template, *two = written
    addresses = fresh_database(template)
    async with mailbox() as post:
        running = site_at(addresses, smtp=smtp_at(post.port), plain_http=True)
        harmless, attacked = [
            replace(each, world=replace(each.world, running=running, addresses=addresses)) for each in two
        ]
        yield Pair(running=running, addresses=addresses, harmless=harmless, attacked=attacked, post=post)


def smtp_at(port: int) -> Smtp:
    return Smtp(host="127.0.0.1", port=port, tls="none", sender="billing@frontdesk.example.com")


class Attack(Struct, frozen=True):
    """Some payloads, one behind the other in each text."""

    payloads: tuple[str, ...]

    def payload_in(self, table: str, column: str) -> str:
        """What is written there. A look is none with texts that are too long or with odd addresses, even when it is
        read, so it gets the shortest, and only in its words."""
        return min(self.payloads, key=len) if (table, column) in SHORT else "".join(self.payloads)


SHORT = {("sides", "brand"), ("brand_drafts", "look"), ("brand_versions", "look")}


# -- writing past the door --------------------------------------------------------------------------------------------


def attack(pair: Pair, former: Attack | None, now: Attack, *, addresses: bool = False) -> int:
    """Put payloads behind each of the tenant's texts, or in place of the former ones. Returns how many rows have some.

    E-mail addresses are left out, or else are what is meant. Texts that something is found by stay as they are.
    """
    written = 0
    with as_admin(pair.addresses) as admin:
        # Past the guards of issued invoices too.
        admin.execute("SET session_replication_role = replica")
        columns, indexed = _text_columns(admin), _indexed(admin)
        marks = pair.attacked.marks
        found_by = (
            set() if addresses else {each for place in indexed for each in _marks_in(admin, *place, marks.prefix)}
        )
        numbers = "|".join(each.removeprefix(f"{marks.prefix}x") for each in sorted(found_by)) or "none"
        token = f"({marks.prefix}x(?!(?:{numbers})(?![0-9]))[0-9]{{1,3}}){'(?=@)' if addresses else '(?![@0-9])'}"
        for table, column, kind in columns:
            if (table, column) in indexed or (addresses and ((table, column) in SHORT or column == "address")):
                continue
            within = _in_json if kind.startswith("json") else str
            payload = now.payload_in(table, column)
            meaning = token + r"(?!\.)" if (table, column) in SHORT else token
            name = sql.Identifier(column)
            if former is None:
                behind = "\\1" + within(payload).replace("\\", "\\\\")
                changed = sql.SQL("regexp_replace({}::text, {}, {}, 'g')").format(name, meaning, behind)
                meant = sql.SQL("{}::text ~ {}").format(name, meaning)
            else:
                gone = within(former.payload_in(table, column))
                changed = sql.SQL("replace({}::text, {}, {})").format(name, gone, within(payload))
                meant = sql.SQL("strpos({}::text, {}) > 0").format(name, gone)
            statement = sql.SQL("UPDATE {} SET {} = {}::{} WHERE {}")
            done = admin.execute(statement.format(sql.Identifier(table), name, changed, sql.SQL(kind), meant))
            written += done.rowcount
        # What was cached is of another version then.
        admin.execute("UPDATE sides SET page_version = page_version + 1")
    return written


def _marks_in(admin: Connection, table: str, column: str, prefix: str) -> set[str]:
    texts = admin.execute(sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(column), sql.Identifier(table)))
    return {each for (text,) in texts for each in re.findall(rf"{prefix}x[0-9]+(?![@0-9])", text or "")}


def _indexed(admin: Connection) -> set[tuple[str, str]]:
    """The columns that something is found by."""
    rows = admin.execute(
        "SELECT c.relname::text, a.attname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) "
        "WHERE c.relnamespace = 'public'::regnamespace AND NOT starts_with(c.relname, 'procrastinate_')"
    )
    return {(str(table), str(column)) for table, column in rows}


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _text_columns(admin: Connection) -> list[tuple[str, str, str]]:
    names = admin.execute(
        "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type IN ('text', 'json', 'jsonb') AND is_generated = 'NEVER'"
    ).fetchall()
    scoped = set(scoped_tables(admin))
    return [each for each in names if each[0] in scoped]


# -- pages ------------------------------------------------------------------------------------------------------------


async def pages(world: World, among: Iterable[Spot] = READS) -> dict[Spot, str]:
    """Every page of a tenant, as its customer or its owner reads it."""
    found = {}
    async with world.running.client() as client:
        for spot in among:
            answer = await send(client, own_request(world, spot), caller(world, spot))
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert answer.status_code < 500, f"{spot}: {answer.status_code}"
                found[spot] = answer.text
    return found


async def shapes(browser: Browser, htmls: list[str]) -> list[list[str]]:
    """The elements of each page, as a browser reads it, with the names of their attributes."""
    page = await browser.new_page()
    found: list[list[str]] = await page.evaluate(SHAPES, htmls)
    await page.close()
    return found


async def assert_same_shapes(browser: Browser, harmless: dict[Any, str], attacked: dict[Any, str], with_: str) -> None:
    assert harmless.keys() == attacked.keys()
    both = await shapes(browser, [*harmless.values(), *attacked.values()])
    for number, where in enumerate(harmless):
        left, right = both[number], both[number + len(harmless)]
        differing = "\n".join(difflib.unified_diff(left, right, lineterm="", n=1))
        assert left == right, f"{where} with {with_[:200]}\n{differing[:1500]}"


@pytest.mark.browser
async def test_no_text_adds_an_element_or_an_attribute_to_a_page(pair: Pair, browser: Browser, choose: Choice) -> None:
    # Some links open a session, which pages then list: it is there before anything is compared.
    for marked in (pair.harmless, pair.attacked):
        await pages(marked.world, OPENS)
    harmless = await pages(pair.harmless.world)
    assert len(harmless) > 20
    if len(choose((0, 1), "nothing", 1)) > 1:
        await assert_same_shapes(browser, harmless, await pages(pair.attacked.world), "nothing")
    former: Attack | None = None
    seen = 0
    # All of them behind each other, and when there is time half of them by themselves.
    batches = [each for each in (PAYLOADS, *BATCHES) if each is PAYLOADS or len(choose((0, 1), "batches", 1)) > 1]
    for payloads in batches:
        now = Attack(payloads)
        assert attack(pair, former, now) > 20
        attacked = await pages(pair.attacked.world, harmless)
        await assert_same_shapes(browser, harmless, attacked, str(now))
        seen += sum("alert(1)" in html or "alert`1`" in html for html in attacked.values())
        former = now
    assert seen > 10 * len(batches), "hardly any page shows what was written"
    assert attack(pair, None, Attack(BATCHES[0]), addresses=True) > 5
    # An address stands in the same places as a name: in make test on a third of the pages.
    third = {each: html for each, html in harmless.items() if choose((True, False, False), f"{each} address", 1)[0]}
    await assert_same_shapes(browser, third, await pages(pair.attacked.world, third), "e-mail addresses")


@pytest.mark.browser
async def test_nothing_that_was_stored_runs(pair: Pair, browser: Browser, choose: Choice) -> None:
    """The pages themselves, with our scripts and under our policy: no dialog, no violation, nobody else is asked.

    In `make test` a sixth of the pages: all of them are looked at for what could run.
    """
    world, running = pair.attacked.world, pair.running
    shown = await pages(world, [each for each in READS if choose((True, *[False] * 5), str(each), 1)[0]])
    attack(pair, None, Attack(PAYLOADS))
    context = await browser.new_context(base_url=running.url)
    await context.add_init_script(ALARMS)
    strangers: list[str] = []
    context.on("request", lambda asked: strangers.append(asked.url) if not ours(running, asked.url) else None)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    visited = 0
    for spot in shown:
        name, _, value = caller(world, spot).get("Cookie", "").partition("=")
        if name:
            await context.add_cookies([{"name": name, "value": value, "url": running.url}])
        await page.goto(own_request(world, spot).url)
        # Whatever waits for a pointer or for the keyboard is given both.
        await page.evaluate(
            "document.querySelectorAll('a, button, input, [onmouseover]').forEach(each => each.focus())"
        )
        alarms = await page.evaluate("window.alarms")
        assert (alarms, wrong, strangers) == ([], [], []), spot
        visited += 1
    assert visited > 10
    # The control: the same alarms, on a page that lets a script in.
    await page.goto("about:blank")
    await page.set_content(f"<script>{ALARMS}</script><img src=x onerror=alert(1)>")
    await page.wait_for_function("window.alarms.length > 0")
    await context.close()


def ours(running: RunningSite, url: str) -> bool:
    return url.startswith((running.url + "/", "data:", "about:", "blob:"))


# -- letters and documents --------------------------------------------------------------------------------------------


@pytest.mark.browser
async def test_letters_keep_their_shape(pair: Pair, browser: Browser) -> None:
    attack(pair, None, Attack(PAYLOADS[::5]))
    for marked in (pair.harmless, pair.attacked):
        home = marked.world.home
        async with pair.running.client(Origin=pair.running.url) as client:
            link = f"/p/login/{home.door.public_id}{home.keys.login_token}"
            address = await _address(pair, home.jenny.ids["customer"])
            assert (await client.post(link, data={"email": address})).status_code == 303
    await letters_of_all(pair.addresses, pair.running)
    harmless, attacked = (_letters_to(pair, each) for each in (pair.harmless, pair.attacked))
    assert len(harmless) == len(attacked) >= 3, "a passcode, an invoice and a plan change"
    assert any("alert(1)" in each for each in attacked)
    both = await shapes(browser, [*harmless, *attacked])
    assert sorted(both[: len(harmless)]) == sorted(both[len(harmless) :])


def _letters_to(pair: Pair, marked: Marked) -> list[str]:
    """The HTML of a tenant's letters."""
    found = []
    for letter in pair.post.letters:
        if marked.marks.prefix in str(letter["to"]):
            body = letter.get_body(preferencelist=("html",))
            assert body is not None
            assert set(letter.keys()) <= HEADERS
            found.append(str(body.get_content()))
    return found


NUMBERS = (
    'A"; filename="evil.html',
    "A\r\nX-Evil: 1",
    "../../etc/passwd",
    "A\\",
    "A;B",
    "Ä\u202egpj.exe",
    ".",
)
DOCUMENTS = [each for each in READS if each.path.endswith("/pdf") and not each.is_dashboard]


async def test_letters_get_no_header_from_anybodys_text(pair: Pair) -> None:
    """Line breaks of every kind, and words that a careless library decodes into them (trust.md B19)."""
    breaks = (
        "\r\n",
        "\n",
        "\r",
        "\u2028",
        "\u0085",
        "\x0b",
        "\x0c",
        "=?utf-8?q?=0D=0A?=",
        "=?utf-8?b?DQo=?=",
        "%0d%0a",
        "\\r\\n",
    )
    payloads = tuple(f"{each}Bcc: everybody@evil.example{each}X-Evil: 1{each}{each}Buy now" for each in breaks)
    attack(pair, None, Attack((*payloads, "\r\nX-Evil: 1")))
    await letters_of_all(pair.addresses, pair.running)
    harmless, attacked = (_letters_to(pair, each) for each in (pair.harmless, pair.attacked))
    assert len(harmless) == len(attacked) >= 2, "all letters came, and none twice"
    for letter in pair.post.letters:
        assert set(letter.keys()) <= HEADERS
        assert len(letter.keys()) == len(set(letter.keys()))
        assert "evil.example" not in str(letter["to"]) + str(letter["from"]) + str(letter["reply-to"])


async def test_a_document_is_called_by_a_name_and_nothing_more(pair: Pair, choose: Choice) -> None:
    """What stands in a number ends neither the file's name nor the header.

    One place names all documents: in `make test` each number is asked of one of them.
    """
    world = pair.attacked.world
    for number in NUMBERS:
        with as_admin(pair.addresses) as admin:
            # What was issued never changes: such a number can only have been issued so.
            admin.execute("SET session_replication_role = replica")
            admin.execute("DELETE FROM documents")
            for table, id in (("invoices", "invoice"), ("credit_notes", "credit note")):
                numbered = (
                    "UPDATE {} SET number = %s, body = jsonb_set(body::jsonb, '{{number}}', to_jsonb(%s::text))::json"
                )
                admin.execute(
                    sql.SQL(numbered + " WHERE id = %s").format(sql.Identifier(table)),
                    [number, number, world.home.jenny.ids[id]],
                )
        async with pair.running.client() as client:
            for spot in choose(DOCUMENTS, number, 1):
                answer = await send(client, own_request(world, spot), caller(world, spot))
                assert answer.status_code == 200, answer.text
                assert "x-evil" not in answer.headers
                assert re.fullmatch(
                    r'attachment; filename="[A-Za-z0-9._-]*\.pdf"', answer.headers["content-disposition"]
                )


HEADERS = {
    *("From", "To", "Reply-To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"),
    *("Content-Language", "X-Peer", "X-MailFrom", "X-RcptTo"),
}


async def _address(pair: Pair, customer: str) -> str:
    with as_admin(pair.addresses) as admin:
        row = admin.execute("SELECT address FROM customers WHERE id = %s", [customer]).fetchone()
    assert row is not None
    return str(row[0])


async def test_documents_hold_text_and_nothing_that_acts(pair: Pair) -> None:
    attack(pair, None, Attack(PAYLOADS[::7]))
    world = pair.attacked.world
    async with pair.running.client() as client:
        answers = [await send(client, own_request(world, spot), caller(world, spot)) for spot in DOCUMENTS]
    for answer in answers:
        assert answer.status_code == 200
        assert "alert(1)" in words_of(answer)
        reader = PdfReader(io.BytesIO(answer.content))
        acts = {"/JavaScript", "/JS", "/Launch", "/URI", "/GoToR", "/SubmitForm", "/EmbeddedFile", "/RichMedia", "/AA"}
        things = [reader.get_object(number) for number in range(1, int(reader.trailer["/Size"]))]
        named = {
            name for each in things if isinstance(each, dict) for name in re.findall(r"/[A-Za-z]+", str(dict(each)))
        }
        assert {"/Page", "/Font"} <= named
        assert named & acts == set()
        assert "/OpenAction" not in reader.trailer["/Root"]
        assert not any("/Annots" in page for page in reader.pages)
