"""What whoever runs this Frontdesk says of it: its name, who may sign up, and what it costs."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from frontdesk.addresses import parse_address
from frontdesk.errors import Refusal, Refused
from frontdesk.typed_refusals import text_needed, text_too_long, text_unprintable

SignUpMode = Literal["open", "approval", "invitation"]
"""Anybody signs up; anybody asks and the operator says yes or no; only who was invited."""
NAME_LENGTH = 60
PRICE_LENGTH = 300


class HouseSettings(Struct, frozen=True, kw_only=True):
    """The operator's settings. `prices` is text by backend and language, shown where a backend is chosen."""

    service_name: str = "Frontdesk"
    sign_up: SignUpMode = "invitation"
    prices: Mapping[str, Mapping[str, str]] = {}
    contact: str | None = None
    """An e-mail address: shown to who cannot sign up or is suspended, and told of new requests."""
    locale: str = "en"
    """The language in which the operator is written to."""

    def price(self, backend: str, locale: str) -> str:
        """The price text of a backend in a language, else in any other; empty where there is none."""
        texts = self.prices.get(backend, {})
        return texts.get(locale) or next(iter(texts.values()), "")


def faults_of(settings: HouseSettings) -> tuple[Refusal, ...]:
    """What is wrong with the settings, each with the field in `param`: prices are `prices[backend][locale]`."""
    found = []
    texts = [("service_name", settings.service_name, NAME_LENGTH)]
    for backend, by_locale in settings.prices.items():
        texts += [(f"prices[{backend}][{locale}]", text, PRICE_LENGTH) for locale, text in by_locale.items()]
    for field, text, length in texts:
        if len(text) > length:
            found.append(text_too_long(length, field))
        elif not text.isprintable():
            found.append(text_unprintable(field))
    if not settings.service_name.strip():
        found.append(text_needed("service_name"))
    if settings.contact is not None:
        try:
            parse_address(settings.contact)
        except Refused as refused:
            found.append(refused.refusal)
    return tuple(found)
