"""One webhook endpoint: what it is told and what became of it; switching it, deleting it, sending things again."""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.roles import Right
from frontdesk.webhook_endpoints import WebhookEndpoint
from frontdesk_tenants import webhook_endpoints, webhook_record
from frontdesk_tenants.paging import Page
from frontdesk_tenants.webhook_calls import State
from frontdesk_tenants.webhook_record import Delivery
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.views import Cell, Column, Row, Tab, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.dashboard.webhook_form import PLACE
from frontdesk_web.dashboard.webhook_views import WebhookPage
from frontdesk_web.dashboard.webhook_words import delivery_badge, endpoint_badge, types_words
from frontdesk_web.dashboard.webhooks import ONE, present
from frontdesk_web.formatting import date_long, date_time, number
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate, translate_plural
from frontdesk_web.portal.views import Detail, Notice, Option
from frontdesk_web.site import Site
from frontdesk_web.typed_text import whole_number

SHOWN: dict[str, State | None] = {"all": None, "waiting": "waiting", "failed": "failed"}
SPANS = {
    "day": (timedelta(days=1), _("The last 24 hours")),
    "three": (timedelta(days=3), _("The last 3 days")),
    "month": (timedelta(days=30), _("The last 30 days")),
}
_DONE = {
    "added": _(
        "The endpoint is added. Put its signing secret into your program, and it can tell our calls from others."
    ),
    "saved": _("The endpoint is changed."),
    "on": _("The endpoint is on. What happens from now on is sent there."),
    "off": _("The endpoint is off. Nothing is sent there until you switch it on."),
}


@get(ONE, **needs(Right.SEE_LOGS))
async def webhook_page(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page: `?show=` which deliveries, `?older=` or `?newer=` a delivery's number."""
    query = request.query_params
    show = query.get("show", "all")
    show = show if show in SHOWN else "all"
    older, newer = whole_number(query.get("older", ""), 18), whole_number(query.get("newer", ""), 18)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint)
        failing = await webhook_endpoints.failing_since(connection, found.id)
        deliveries = await webhook_record.deliveries(
            connection, found.id, state=SHOWN[show], older_than=older, newer_than=newer if older is None else None
        )
    locale = visit.locale
    path = visit.path(PLACE, found.id)
    manages = visit.may(Right.MANAGE_KEYS) and not visit.side.suspended
    page = WebhookPage(
        title=found.url,
        csrf=visit.csrf,
        back_url=visit.path(PLACE),
        badge=endpoint_badge(found, failing, locale),
        facts=_facts(found, locale),
        types=found.types if len(found.types) > 1 else (),
        tabs=_tabs(path, show, locale),
        table=_table(visit, path, deliveries, show, older, newer) if deliveries.items else None,
        nothing=_nothing(show, locale),
        edit_url=f"{path}/edit" if manages else "",
        secret_url=f"{path}/secret" if manages else "",
        switch_action=f"{path}/switch" if manages else "",
        enabled=found.enabled,
        delete_action=f"{path}/delete" if manages else "",
        again_action=f"{path}/again" if manages and found.enabled else "",
        spans=tuple(Option(value=key, text=translate(locale, text)) for key, (_span, text) in SPANS.items()),
        warning=_warning(found, failing, locale),
        notice=_notice(request, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{ONE}/switch", **needs(Right.MANAGE_KEYS))
async def switch_webhook(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Switch the endpoint on or off."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    on = form.get("on") == "true"
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint, lock=True)
        changed = webhook_endpoints.switched(found, on, visit.now.replace(microsecond=0))
        if changed != found:
            await webhook_endpoints.change(
                connection,
                visit.door,
                found,
                changed,
                actor=visit.actor,
                now=visit.now,
                request_id=visit.request_id,
            )
    return Redirect(f"{visit.path(PLACE, found.id)}?done={'on' if on else 'off'}", status_code=303)


@post(f"{ONE}/delete", **needs(Right.MANAGE_KEYS))
async def delete_webhook(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Delete the endpoint with what is known of its calls."""
    visit.refuse_forged(site, await read_form(request))
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint)
        await webhook_endpoints.remove(
            connection, visit.door, found, actor=visit.actor, now=visit.now, request_id=visit.request_id
        )
    return Redirect(f"{visit.path(PLACE)}?done=deleted", status_code=303)


@post(f"{ONE}/again", **needs(Right.MANAGE_KEYS))
async def send_again(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Send a span of events once more: what never arrived of it, or everything."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    span, _text = SPANS.get(form.get("span", ""), SPANS["day"])
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint)
        count = 0
        if found.enabled:
            count = await webhook_record.replay_since(
                connection,
                visit.door,
                found.id,
                visit.now - span,
                visit.now,
                failed_only=form.get("which") != "all",
                actor=visit.actor,
                request_id=visit.request_id,
            )
    return Redirect(f"{visit.path(PLACE, found.id)}?sent={count}", status_code=303)


def _facts(endpoint: WebhookEndpoint, locale: str) -> tuple[Detail, ...]:
    facts = [
        Detail(label=translate(locale, "Is told of"), value=types_words(endpoint, locale)),
        Detail(label=translate(locale, "Added"), value=date_long(endpoint.created.date(), locale)),
        Detail(label=translate(locale, "ID"), value=endpoint.id, copy=True),
    ]
    if endpoint.description:
        facts.insert(0, Detail(label=translate(locale, "What it is for"), value=endpoint.description))
    return tuple(facts)


def _warning(endpoint: WebhookEndpoint, failing: Any, locale: str) -> Notice | None:
    if endpoint.gave_up and endpoint.disabled_at is not None:
        text = translate(
            locale,
            "Nobody answered for three days, so it was switched off at {time}. Switch it on once it answers, and send"
            " again what it missed.",
            time=date_time(endpoint.disabled_at, locale),
        )
        return Notice(tone="danger", text=text)
    if failing is not None and endpoint.enabled:
        text = translate(
            locale,
            "It has taken no call since {time}. We go on trying for three days; then it is switched off and the owners"
            " get an e-mail.",
            time=date_time(failing, locale),
        )
        return Notice(tone="warning", text=text)
    return None


def _notice(request: AnyRequest, locale: str) -> Notice | None:
    sent = whole_number(request.query_params.get("sent", ""), 18)
    if sent is not None:
        if not sent:
            return Notice(tone="info", text=translate(locale, "There is nothing of that to be sent again."))
        text = translate_plural(
            locale, "{number} event is being sent again.", "{number} events are being sent again.", sent
        )
        return Notice(tone="success", text=text)
    done = _DONE.get(request.query_params.get("done", ""))
    return None if done is None else Notice(tone="success", text=translate(locale, done))


def _tabs(path: str, show: str, locale: str) -> tuple[Tab, ...]:
    words = {
        "all": translate(locale, "All"),
        "waiting": translate(locale, "Waiting"),
        "failed": translate(locale, "Failed"),
    }
    return tuple(Tab(text=words[key], url=_url(path, key), current=key == show) for key in SHOWN)


def _nothing(show: str, locale: str) -> str:
    if show == "failed":
        return translate(locale, "Nothing failed.")
    if show == "waiting":
        return translate(locale, "Nothing waits to be sent.")
    return translate(locale, "Nothing was sent yet. As soon as something happens that it is told of, you see it here.")


def _table(
    visit: StaffVisit, path: str, found: Page[Delivery], show: str, older: int | None, newer: int | None
) -> Table:
    locale, items = visit.locale, found.items
    more_newer = older is not None or (newer is not None and found.has_more)
    more_older = found.has_more if newer is None else True
    return Table(
        caption=translate(locale, "What was sent, newest first"),
        columns=(
            Column(title=translate(locale, "Event")),
            Column(title=translate(locale, "State")),
            Column(title=translate(locale, "Answer"), minor=True),
            Column(title=translate(locale, "Tries"), number=True, minor=True),
        ),
        rows=tuple(
            Row(
                url=f"{path}/deliveries/{each.happening}",
                cells=(
                    Cell(text=each.type, detail=date_time(each.created, locale)),
                    Cell(badge=delivery_badge(each, locale)),
                    Cell(text="" if each.status is None else str(each.status)),
                    Cell(text=number(each.attempts, locale)),
                ),
            )
            for each in items
        ),
        newer_url=_url(path, show, newer=items[0].number) if more_newer else None,
        older_url=_url(path, show, older=items[-1].number) if more_older else None,
    )


def _url(path: str, show: str, **place: int) -> str:
    query = ([] if show == "all" else [f"show={show}"]) + [f"{name}={value}" for name, value in place.items()]
    return path + (f"?{'&'.join(query)}" if query else "")


routes: list[Any] = [webhook_page, switch_webhook, delete_webhook, send_again]
