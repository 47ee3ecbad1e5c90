"""The secret that an endpoint's calls are signed with: shown to whoever proved just now who they are, and replaced."""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.roles import Right
from frontdesk.webhook_endpoints import OVERLAPS
from frontdesk_tenants import webhook_endpoints
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.dashboard.webhook_form import PLACE
from frontdesk_web.dashboard.webhook_views import WebhookSecretPage
from frontdesk_web.dashboard.webhook_words import samples
from frontdesk_web.dashboard.webhooks import ONE, present
from frontdesk_web.formatting import date_time
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.views import Notice, Option
from frontdesk_web.site import Site

HOME = PLACE


@get(f"{ONE}/secret", **needs(Right.MANAGE_KEYS, fresh=True))
async def webhook_secret(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The secret, and how a program uses it."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint)
        secret, *_ = await webhook_endpoints.secrets_of(connection, site.tenancy.vault, visit.door, found.id, visit.now)
        until = await webhook_endpoints.former_until(connection, found.id, visit.now)
    locale = visit.locale
    former = ""
    if until is not None:
        former = translate(locale, "The secret before it signs too until {time}.", time=date_time(until, locale))
    page = WebhookSecretPage(
        csrf=visit.csrf,
        action=visit.path(PLACE, found.id, "secret"),
        back_text=found.url,
        back_url=visit.path(PLACE, found.id),
        secret=secret.reveal(),
        overlaps=tuple(_overlap(each, locale) for each in OVERLAPS),
        samples=samples(secret.reveal()),
        former=former,
        notice=_notice(request, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{ONE}/secret", **needs(Right.MANAGE_KEYS, fresh=True, home=HOME))
async def roll_secret(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Replace the secret; the one there is signs beside the new one for as long as was chosen."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    hours = form.get("overlap", "")
    overlap = next((each for each in OVERLAPS if str(_hours(each)) == hours), OVERLAPS[-1])
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint, lock=True)
        await webhook_endpoints.roll(
            connection,
            site.tenancy.vault,
            visit.door,
            found,
            overlap,
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    return Redirect(f"{visit.path(PLACE, found.id, 'secret')}?rolled=1", status_code=303)


def _hours(overlap: timedelta) -> int:
    return int(overlap.total_seconds() // 3600)


def _overlap(overlap: timedelta, locale: str) -> Option:
    hours = _hours(overlap)
    text = translate(locale, "At once")
    if hours:
        text = translate_plural(locale, "In {number} hour", "In {number} hours", hours)
    return Option(value=str(hours), text=text, selected=overlap == OVERLAPS[-1])


def _notice(request: AnyRequest, locale: str) -> Notice | None:
    if "rolled" not in request.query_params:
        return None
    return Notice(tone="success", text=translate(locale, "This is the new secret. Put it into your program now."))


routes: list[Any] = [webhook_secret, roll_secret]
