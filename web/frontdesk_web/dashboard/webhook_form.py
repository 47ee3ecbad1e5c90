"""The form of a webhook endpoint: where it is, what it is for, and which events it is told of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from litestar import Response
from msgspec import Struct

from frontdesk.errors import Misconfigured
from frontdesk.webhook_endpoints import ALL, WebhookEndpoint
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.event_types import KNOWN
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.dashboard.webhook_views import WebhookFormPage
from frontdesk_web.dashboard.webhook_words import groups
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Field
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

if TYPE_CHECKING:
    from frontdesk_tenants.outside import Outside

PLACE = "webhooks"
EVENT = "event_"
"""What the names of the ticks begin with, before the type."""
FIELDS_AT_MOST = 400
URL_LENGTH, DESCRIPTION_LENGTH = 2000, 500


class WebhookForm(Struct, frozen=True, kw_only=True):
    """What was typed and ticked."""

    url: str = ""
    description: str = ""
    everything: bool = True
    types: tuple[str, ...] = ()

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "WebhookForm":
        """From a posted form."""
        ticked = (name.removeprefix(EVENT) for name in fields if name.startswith(EVENT))
        return cls(
            url=one_line(fields.get("url", "")),
            description=one_line(fields.get("description", "")),
            everything=fields.get("which") != "some",
            types=tuple(each for each in ticked if each in KNOWN and each != ALL),
        )

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> "WebhookForm":
        """As an endpoint is."""
        everything = ALL in endpoint.types
        return cls(
            url=endpoint.url,
            description=endpoint.description or "",
            everything=everything,
            types=() if everything else endpoint.types,
        )

    @property
    def told(self) -> tuple[str, ...]:
        """What the endpoint is to be told of."""
        return (ALL,) if self.everything else self.types

    def faults(self, outside: "Outside", locale: str) -> dict[str, str]:
        """What is wrong, by field, in words."""
        found: dict[str, str] = {}
        if not self.url:
            found["url"] = translate(locale, "Enter the address that is to be called.")
        elif len(self.url) > URL_LENGTH:
            found["url"] = translate(locale, "At most {count} characters.", count=URL_LENGTH)
        else:
            try:
                outside.check(self.url)
            except Misconfigured:
                found["url"] = translate(
                    locale, "Enter a public address that begins with https://, such as https://example.com/webhooks."
                )
        if len(self.description) > DESCRIPTION_LENGTH:
            found["description"] = translate(locale, "At most {count} characters.", count=DESCRIPTION_LENGTH)
        if not self.told:
            found["events"] = translate(locale, "Choose at least one event.")
        return found


def form_page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    form: WebhookForm,
    faults: Mapping[str, str],
    endpoint: WebhookEndpoint | None,
) -> Response[bytes]:
    """The form: of an endpoint, or (None) of a new one."""
    locale = visit.locale
    new = endpoint is None
    way = (PLACE,) if endpoint is None else (PLACE, endpoint.id)
    page = WebhookFormPage(
        title=translate(locale, "Add endpoint" if new else "Edit endpoint"),
        button=translate(locale, "Add endpoint" if new else "Save"),
        action=visit.path(*way, "new" if new else "edit"),
        csrf=visit.csrf,
        back_text=translate(locale, "Webhooks") if endpoint is None else endpoint.url,
        back_url=visit.path(*way),
        url=Field(value=form.url, error=faults.get("url", "")),
        description=Field(value=form.description, error=faults.get("description", "")),
        everything=form.everything,
        groups=groups(form.types, locale),
        events_error=faults.get("events", ""),
        error=faults.get("", ""),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)
