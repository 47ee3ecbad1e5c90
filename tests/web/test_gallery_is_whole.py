"""The gallery shows every page that a customer can see, in every state that a view knows, in the portal's own words.

The long walks over all languages, widths and brands (`e2e/test_every_page.py`) take their pages from the gallery: a
page that is not there is not looked at. So a new route, a new page or a new optional part of a view has to be shown.
"""

import ast
import html
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from spots import spots

import frontdesk_web
from frontdesk_web import letter_views, messages, rendering
from frontdesk_web import pay as pay_package
from frontdesk_web import portal as portal_package
from frontdesk_web.gallery_brands import HEFEHAUS, NORTHBEAM, SAMPLES
from frontdesk_web.gallery_frames import around
from frontdesk_web.gallery_letters import letters
from frontdesk_web.gallery_samples import pages
from frontdesk_web.languages import LOCALES
from frontdesk_web.portal import frames, views
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import StaticFiles

RENDERER = Renderer(StaticFiles())

SHOWN = {
    "GET /": "front front-demo",
    "GET /p/login/{token}": "sign-in sign-in-no-way sign-in-back link-inactive link-inactive-sign-in",
    "POST /p/login/{token}": "sign-in-wrong",
    "GET /p/login/{token}/code": "code code-late code-resent code-two-ways code-texted",
    "POST /p/login/{token}/code": "code-wrong",
    "GET /p/session/{token}": "link-inactive",
    "GET /p/address/{token}": "objection objection-late",
    "POST /p/address/{token}": "objection-done",
    "GET /p/wrong-codes/{token}": "wrong-codes wrong-codes-over",
    "POST /p/wrong-codes/{token}": "wrong-codes-done",
    "GET /p/{portal}": "home home-many home-states home-empty home-paused home-cards home-cards-none"
    " home-cards-expired home-preview session-expired refused",
    "POST /p/{portal}/sign-out": "signed-out",
    "GET /p/{portal}/signed-out": "signed-out signed-out-api",
    "GET /p/{portal}/flow": "done-details done-method leaving session-expired-flow",
    "GET /p/{portal}/subscriptions/{subscription}/change": "choose-plan choose-plan-flow choose-plan-parts",
    "POST /p/{portal}/subscriptions/{subscription}/change": "choose-plan-wrong session-expired-kept",
    "GET /p/{portal}/subscriptions/{subscription}/confirm/{quote}": "confirm-plan confirm-plan-parts",
    "POST /p/{portal}/subscriptions/{subscription}/confirm/{quote}": "quote-changed",
    "GET /p/{portal}/subscriptions/{subscription}/changed/{quote}": "done-changed done-flow",
    "GET /p/{portal}/subscriptions/{subscription}/cancel": "cancel cancel-flow cancel-offer cancel-offer-pause",
    "POST /p/{portal}/subscriptions/{subscription}/cancel": "cancel-at-once",
    "GET /p/{portal}/subscriptions/{subscription}/cancelled": "done-cancelled cancelled-offer",
    "POST /p/{portal}/subscriptions/{subscription}/reason": "done-thanked",
    "GET /p/{portal}/subscriptions/{subscription}/stayed/{quote}": "stayed",
    "GET /p/{portal}/subscriptions/{subscription}/pause": "pause",
    "POST /p/{portal}/subscriptions/{subscription}/pause": "pause-single",
    "GET /p/{portal}/subscriptions/{subscription}/paused": "done-paused",
    "GET /p/{portal}/subscriptions/{subscription}/pause-end": "pause-end",
    "POST /p/{portal}/subscriptions/{subscription}/pause-end": "pause-end-single",
    "GET /p/{portal}/subscriptions/{subscription}/resume": "resume",
    "POST /p/{portal}/subscriptions/{subscription}/resume": "resume-refused",
    "GET /p/{portal}/subscriptions/{subscription}/start-again": "start-again",
    "POST /p/{portal}/subscriptions/{subscription}/start-again": "start-again-refused",
    "GET /p/{portal}/subscriptions/{subscription}/started/{quote}": "started-again",
    "GET /p/{portal}/details": "details details-fixed details-flow",
    "POST /p/{portal}/details": "details-wrong",
    "POST /p/{portal}/details/tax-ids": "details-wrong",
    "GET /p/{portal}/details/email": "new-address new-address-resent",
    "POST /p/{portal}/details/email": "new-address-wrong",
    "GET /p/{portal}/invoices": "invoices invoices-none",
    "GET /p/{portal}/invoices/{invoice}": "invoice invoice-paid invoice-to-pay",
    "GET /p/invoice/{token}": "invoice-linked invoice-linked-plan invoice-linked-paid invoice-link-over",
    "GET /p/checkout/{token}": "checkout checkout-over",
    "POST /p/checkout/{token}": "checkout-refused",
    "GET /p/authenticate/{token}": "bank-checkout",
    "GET /p/invoice/{token}/pay": "pay-linked pay-linked-plan bank-linked",
    "POST /p/invoice/{token}/pay": "pay-linked-refused",
    "POST /p/invoice/{token}/again": "invoice-link-sent invoice-link-often",
    "GET /p/{portal}/invoices/{invoice}/pay": "pay pay-none pay-elsewhere pay-elsewhere-plan",
    "POST /p/{portal}/invoices/{invoice}/pay": "pay-refused",
    "GET /p/{portal}/invoices/{invoice}/pay/confirm": "bank-pay",
    "POST /p/{portal}/invoices/{invoice}/pay/confirm": "pay-unconfirmed",
    "GET /p/{portal}/payment-methods": "methods methods-owed methods-none methods-expiring methods-fixed methods-kinds",
    "GET /p/{portal}/payment-methods/add": "add-method add-method-flow add-elsewhere add-elsewhere-flow",
    "POST /p/{portal}/payment-methods/add": "add-method-refused leaving-out",
    "GET /p/{portal}/payment-methods/confirm": "bank-add",
    "POST /p/{portal}/payment-methods/confirm": "add-method-unconfirmed",
    "GET /p/{portal}/upcoming": "upcoming upcoming-none",
    "GET /p/{portal}/balance": "balance balance-none",
    "GET /p/{portal}/statement": "statement statement-none statement-wrong",
}
"""Which pages of the gallery show what a route answers."""
NO_PAGES = {
    "POST /p/authenticate/{token}": "leads on to where the holder came from",
    "GET /p/{portal}/invoices.zip": "documents",
    "GET /p/{portal}/invoices/{invoice}/pdf": "a document",
    "GET /p/invoice/{token}/pdf": "a document",
    "GET /p/invoice/{token}/transfer-code": "a picture on the page of the invoice",
    "GET /p/{portal}/invoices/{invoice}/transfer-code": "a picture on the home page and on that of the invoice",
    "GET /p/invoice/{token}/credit-notes/{credit_note}/pdf": "a document",
    "GET /p/invoice/{token}/payments/{payment}/receipt": "a document",
    "GET /p/{portal}/invoices/{invoice}/payments/{payment}/receipt": "a document",
    "GET /p/{portal}/credit-notes/{credit_note}/pdf": "a document",
    "GET /p/{portal}/statement/pdf": "a document",
    "POST /p/{portal}/switch": "leads on to the home page",
    "POST /p/{portal}/refused/{intent}": "leads back to the home page, which says it no more",
    "GET /p/{portal}/session": "asked by the script of a page, as is what it posts",
    "POST /p/{portal}/session": "asked by the script of a page",
    "POST /p/login/{token}/code/again": "leads back to the page of the code",
    "POST /p/{portal}/details/email/again": "leads back to the page of the code",
    "POST /p/{portal}/details/tax-ids/{tax_id}/remove": "leads back to the details",
    "POST /p/{portal}/payment-methods/{payment_method}/default": "leads back to the payment methods",
    "POST /p/{portal}/payment-methods/{payment_method}/remove": "leads back to the payment methods",
    "GET /p/{portal}/payment-methods/returned": "leads back to the payment methods",
    "POST /p/{portal}/subscriptions/{subscription}/payment-method": "leads back to the payment methods",
    "POST /p/{portal}/subscriptions/{subscription}/keep": "leads on to the home page",
    "POST /p/{portal}/subscriptions/{subscription}/undo-change": "leads on to the home page",
    "POST /p/{portal}/subscriptions/{subscription}/stay": "leads on to the page of what was agreed",
}
"""Routes without a page of their own but for refusals and errors, and why."""
FOR_STAFF = {letter_views.TestLetter}
NOT_OF_CUSTOMERS = {(views.Notice, "title"), (frames.Frame, "session_url")}
"""What only the dashboard fills in, and what a script asks."""
_LETTERS_OF_HOUSE = {"letters/layout.html", "letters/lines.html", "letters/house.html", "letters/invitation.html"}


def test_every_route_of_the_portal_is_shown() -> None:
    shown = [each for each in spots() if each.path == "/" or each.path.startswith("/p/")]
    routes = {str(each) for each in shown if each.method != "HEAD"}
    assert routes == SHOWN.keys() | NO_PAGES.keys(), "say here which pages of the gallery show a new route"
    named = {name for names in SHOWN.values() for name in names.split()}
    assert named <= {each.name for each in pages(NORTHBEAM)}


def test_every_page_and_letter_is_shown() -> None:
    shown = {each.page.template for each in pages(NORTHBEAM)}
    shown |= {f"{letter.template}.html" for _, letter in letters(NORTHBEAM)}
    there = {path.relative_to(rendering.HERE).as_posix() for path in rendering.HERE.rglob("*.html")}
    whole = {name for name in there if '{% extends "layout.html" %}' in (rendering.HERE / name).read_text()}
    own = {name for name in whole if not name.startswith(("dashboard/", "operator/"))}
    assert own | {name for name in there if name.startswith("letters/")} - _LETTERS_OF_HOUSE <= shown


def test_every_state_of_a_view_is_shown() -> None:
    shown = set(_everything_shown())
    missing = {
        f"{view.__name__}.{field.name}"
        for view in _views()
        for field in msgspec.structs.fields(view)
        if (view, field.name) not in shown | NOT_OF_CUSTOMERS
    }
    assert missing == set(), "show a page of the gallery with it"


def test_the_gallery_speaks_the_words_of_the_portal() -> None:
    """A sentence that was reworded in the portal is not in the catalogue any more, and would stay English."""
    said = set(_said())
    assert len(said) > 150
    for locale in LOCALES[1:]:
        words = messages.words_of(locale)
        assert said - words.texts.keys() - words.plurals.keys() == set(), locale


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_names_are_given_once(sample: Any) -> None:
    names = [each.name for each in pages(sample)]
    assert len(names) == len(set(names))


def _views() -> Iterator[type[msgspec.Struct]]:
    """What pages and letters of customers are drawn from."""
    found = set(_with_parts(frames.Frame))
    for package in (portal_package, pay_package):
        for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(each.name)
            for view in vars(module).values():
                if isinstance(view, type) and hasattr(view, "template") and view.__module__ == each.name:
                    found |= set(_with_parts(view))
    yield from found
    for view in vars(letter_views).values():
        if isinstance(view, type) and issubclass(view, msgspec.Struct) and view.__module__ == letter_views.__name__:
            yield view


def _with_parts(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """A view, and every view that it is made of: `tuple[Line, ...]`, `Notice | None`."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
        for part in get_type_hints(hint).values():
            yield from _with_parts(part)
    for inner in get_args(hint):
        yield from _with_parts(inner)


def _everything_shown() -> Iterator[tuple[type[msgspec.Struct], str]]:
    """Every field of every view that some page shows with another value than its default."""
    for sample in (NORTHBEAM, HEFEHAUS):
        for exhibit in pages(sample):
            yield from _filled(around(sample, exhibit, "brand.css"))
            yield from _filled(exhibit.page)
        for _, letter in letters(sample):
            yield from _filled(letter)


def _filled(value: Any) -> Iterator[tuple[type[msgspec.Struct], str]]:
    if isinstance(value, tuple):
        for each in value:
            yield from _filled(each)
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(type(value)):
            inner = getattr(value, field.name)
            if field.default is msgspec.NODEFAULT or inner != field.default:
                yield type(value), field.name
            yield from _filled(inner)


def _said() -> Iterator[str]:
    """Every sentence that samples take from the catalogue."""
    for path in Path(frontdesk_web.__file__).parent.glob("gallery_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("say", "count") and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


_NAMED = re.compile(r'<(a|button)\b[^>]*\baria-label="([^"]*)"[^>]*>(.*?)</\1>', re.DOTALL)
_HIDDEN = re.compile(r'<(\w+) class="hidden-text">.*?</\1>|<[^>]*>|[\u2066-\u2069]', re.DOTALL)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_read_aloud_holds_what_is_seen(locale: str) -> None:
    """Who speaks to their computer says what they see on a button (WCAG 2.5.3)."""
    sample = msgspec.structs.replace(NORTHBEAM, locale=locale)
    found = set()
    for exhibit in pages(sample):
        page = RENDERER.page(locale, around(sample, exhibit, "brand.css"), exhibit.page).decode()
        for _, spoken, inside in _NAMED.findall(page):
            seen, said = _words(inside), _words(spoken)
            # Japanese has no spaces between words.
            if locale == "ja" and seen in said:
                continue
            if seen and f" {seen} " not in f" {said} ":
                found.add((seen, said))
    assert found == set()


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", html.unescape(_HIDDEN.sub("", text)).casefold()))
