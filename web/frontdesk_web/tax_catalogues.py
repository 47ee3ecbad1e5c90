"""What the installed tax catalogues hold, all of them together. The same for everybody, live and sandbox alike."""

from collections.abc import Sequence

from msgspec.structs import replace

from frontdesk.plugins import PluginHost
from frontdesk.sentences import is_of_plugin
from frontdesk.taxes import TaxCatalogue, TaxCode, matching
from frontdesk_web.messages import translate


async def all_tax_codes(plugins: PluginHost) -> list[TaxCode]:
    """Every code, in the order of its catalogue. Raises Unavailable."""
    return [code for catalogue in _catalogues(plugins) for code in await catalogue.codes()]


async def find_tax_code(plugins: PluginHost, id_: str) -> TaxCode | None:
    """The code with this id, or None. Raises Unavailable."""
    for catalogue in _catalogues(plugins):
        found = await catalogue.find(id_)
        if found is not None:
            return found
    return None


async def search_tax_codes(plugins: PluginHost, words: str, limit: int, locale: str) -> Sequence[TaxCode]:
    """At most `limit` codes that all the words match, best first, catalogue after catalogue. Raises Unavailable.

    Words match in English, and in the reader's language where a catalogue's plugin says its codes in that.
    """
    found: list[TaxCode] = []
    for catalogue in _catalogues(plugins):
        codes = await catalogue.search(words, limit - len(found))
        found += codes
        if len(found) < limit:
            ids = {each.id for each in codes}
            ours = [_said(each, locale) for each in await catalogue.codes() if is_of_plugin(each.name)]
            found += [each for each in matching(ours, words, limit - len(found)) if each.id not in ids]
        if len(found) >= limit:
            break
    return found


def has_tax_codes(plugins: PluginHost) -> bool:
    """Whether any catalogue is installed."""
    return bool(plugins.tax_catalogues())


def _said(code: TaxCode, locale: str) -> TaxCode:
    return replace(code, name=translate(locale, code.name))


def _catalogues(plugins: PluginHost) -> list[TaxCatalogue]:
    return [kind() for _, kind in sorted(plugins.tax_catalogues().items())]
