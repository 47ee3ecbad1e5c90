"""What became of telling one event to one endpoint: every call with its answer, what was sent, and sending it again."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.roles import Right
from frontdesk_tenants import happenings, webhook_record
from frontdesk_tenants.webhook_record import Attempt
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.events import events_of
from frontdesk_web.dashboard.email_views import Fact
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.dashboard.webhook_form import PLACE
from frontdesk_web.dashboard.webhook_views import AttemptView, WebhookDeliveryPage
from frontdesk_web.dashboard.webhook_words import attempt_badge, delivery_badge, delivery_meaning, took
from frontdesk_web.dashboard.webhooks import ONE, present
from frontdesk_web.formatting import date_time
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site
from frontdesk_web.webhooks.spreading import Telling

DELIVERY = ONE + "/deliveries/{event:str}"


@get(DELIVERY, **needs(Right.SEE_LOGS))
async def webhook_delivery(
    request: AnyRequest,
    endpoint: FromPath[str],
    event: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """The page."""
    event = known_id(event)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint)
        told = await happenings.find(connection, event)
        delivery = next(
            (each for each in await webhook_record.of_happening(connection, event) if each.endpoint == found.id), None
        )
        if told is None or delivery is None:
            raise NotFoundException
        attempts = await webhook_record.attempts(connection, found.id, event)
        viewer = Telling(site=site, door=visit.door, side=visit.side, now=visit.now)
        (shown,) = await events_of(viewer, connection, [told])
    locale = visit.locale
    manages = visit.may(Right.MANAGE_KEYS) and not visit.side.suspended and found.enabled
    page = WebhookDeliveryPage(
        title=delivery.type,
        csrf=visit.csrf,
        back_text=found.url,
        back_url=visit.path(PLACE, found.id),
        badge=delivery_badge(delivery, locale),
        meaning=delivery_meaning(delivery, locale),
        facts=(
            Fact(translate(locale, "Event"), told.id, visit.path("events", told.id)),
            Fact(translate(locale, "Happened"), date_time(told.created, locale)),
        ),
        attempts=tuple(_attempt(each, locale) for each in attempts),
        body=written(shown),
        again_action=visit.path(PLACE, found.id, "deliveries", event, "again") if manages else "",
        notice=Notice(tone="success", text=translate(locale, "It is being sent again."))
        if "again" in request.query_params
        else None,
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{DELIVERY}/again", **needs(Right.MANAGE_KEYS))
async def send_one_again(
    request: AnyRequest,
    endpoint: FromPath[str],
    event: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Send one event once more, whatever became of it."""
    visit.refuse_forged(site, await read_form(request))
    event = known_id(event)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint)
        count = 0
        if found.enabled:
            count = await webhook_record.replay(
                connection,
                visit.door,
                found.id,
                (event,),
                visit.now,
                actor=visit.actor,
                request_id=visit.request_id,
            )
    if found.enabled and not count:
        raise NotFoundException
    return Redirect(f"{visit.path(PLACE, found.id, 'deliveries', event)}?again=1", status_code=303)


def written(event: Any) -> str:
    """An event as it is sent, laid out for reading."""
    return msgspec.json.format(msgspec.json.encode(event), indent=2).decode()


def _attempt(attempt: Attempt, locale: str) -> AttemptView:
    return AttemptView(
        at=date_time(attempt.created, locale),
        badge=attempt_badge(attempt, locale),
        took=took(attempt.milliseconds, locale),
        answer=attempt.answer,
    )


routes: list[Any] = [webhook_delivery, send_one_again]
