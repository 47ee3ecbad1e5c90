"""Choosing a tax code by its words: suggestions while typing, and what a typed text means without them."""

import re

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.plugins import PluginHost
from frontdesk.roles import Right
from frontdesk.taxes import TaxCode
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Option
from frontdesk_web.site import Site
from frontdesk_web.tax_catalogues import find_tax_code, search_tax_codes

SUGGESTED = 8
TEXT_AT_MOST = 200
_SHOWN = re.compile(r".*\(([A-Za-z0-9_]+)\)\s*", re.DOTALL)


class TaxCodeFound(Struct, frozen=True, kw_only=True):
    """A suggestion. `text` is what the field shows once it is chosen."""

    id: str
    name: str
    text: str


class TaxCodeChoice(Struct, frozen=True, kw_only=True):
    """What a form's text means: a code, nothing, or several to choose from; with what is wrong in words."""

    id: str | None = None
    error: str = ""
    options: tuple[Option, ...] = ()


@get("/dashboard/{portal:str}/tax-codes", **needs(Right.SEE))
async def tax_codes(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> list[TaxCodeFound]:
    """Codes that all the words of `?q=` match, best first, at most eight; the first ones where there are no words."""
    words = "".join(request.query_params.getall("q", [])[:1])[:TEXT_AT_MOST]
    shown = _SHOWN.fullmatch(words)
    found = await search_tax_codes(site.plugins, shown[1] if shown else words, SUGGESTED, visit.locale)
    return [
        TaxCodeFound(id=each.id, name=translate(visit.locale, each.name), text=tax_code_text(each, visit.locale))
        for each in found
    ]


async def choose_tax_code(plugins: PluginHost, typed: str, picked: str, locale: str) -> TaxCodeChoice:
    """The code that a form asks for. `picked` is the id chosen among options that were shown before."""
    text = typed.strip()[:TEXT_AT_MOST]
    if picked and (found := await find_tax_code(plugins, picked)) is not None:
        return TaxCodeChoice(id=found.id)
    if not text:
        return TaxCodeChoice()
    shown = _SHOWN.fullmatch(text)
    for id_ in (text, shown[1] if shown else ""):
        if id_ and (found := await find_tax_code(plugins, id_)) is not None:
            return TaxCodeChoice(id=found.id)
    several = await search_tax_codes(plugins, text, SUGGESTED, locale)
    if len(several) == 1:
        return TaxCodeChoice(id=several[0].id)
    if several:
        options = tuple(Option(value=each.id, text=translate(locale, each.name)) for each in several)
        return TaxCodeChoice(error=translate(locale, "Several tax codes fit. Please choose one."), options=options)
    sentence = translate(
        locale, "We know no tax code with these words. Try others, such as software, books or services."
    )
    return TaxCodeChoice(error=sentence)


async def shown_tax_code(plugins: PluginHost, id_: str | None, locale: str) -> str:
    """A product's code as its field shows it; the bare id of one that no catalogue knows any more."""
    if id_ is None:
        return ""
    found = await find_tax_code(plugins, id_)
    return id_ if found is None else tax_code_text(found, locale)


def tax_code_text(code: TaxCode, locale: str) -> str:
    """`Books (txcd_35010000)`."""
    return f"{translate(locale, code.name)} ({code.id})"


routes = [tax_codes]
