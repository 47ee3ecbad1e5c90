"""The page of the billing backend: which one bills, whose account it is, and how well its mirror follows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from msgspec import Struct

from frontdesk.billing import AnyBackend
from frontdesk.import_pace import each_minute, time_left
from frontdesk.mirroring import Walk
from frontdesk.sentences import is_of_plugin
from frontdesk.settings import form_fields
from frontdesk_tenants.mirror_inbox import DeadLetter
from frontdesk_tenants.mirrors import Mirror
from frontdesk_tenants.refused_acts import ListedRefusal
from frontdesk_web.dashboard.backend_words import HELPS, LABELS, STATES, act_name, lasting, said, still_lasting
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.formatting import date_time, number
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.views import Badge, Detail, Notice


class KeyField(Struct, frozen=True, kw_only=True):
    """A field of the backend's settings."""

    name: str
    kind: Literal["text", "secret"]
    label: str
    help: str
    value: str = ""
    error: str = ""


class Offer(Struct, frozen=True, kw_only=True):
    """A backend that can be connected: what its key must be allowed, where one is made, and the form."""

    name: str
    title: str
    permissions: tuple[str, ...]
    key_page: str | None
    fields: tuple[KeyField, ...]
    connected: bool = False
    made_here: str = ""
    """What becomes of products that the backend does not know, where there are some."""


class Letter(Struct, frozen=True, kw_only=True):
    """Something that was told and could not be applied."""

    id: str
    title: str
    detail: str
    error: str


class RefusedView(Struct, frozen=True, kw_only=True):
    """What a customer or staff asked for while the backend was away, and was refused then."""

    title: str
    customer: str
    url: str
    detail: str
    reason: str


class ImportView(Struct, frozen=True, kw_only=True):
    """How far the first import is. `share` is in whole per cent of what is known so far.

    `pace` and `left` are empty where they were not measured.
    """

    share: int
    sentence: str
    pace: str
    left: str


class MirrorView(Struct, frozen=True, kw_only=True):
    """How the mirror stands."""

    account: str
    badge: Badge
    facts: tuple[Detail, ...]
    missing: tuple[str, ...]
    failing: str
    importing: ImportView | None
    stopped: bool
    letters: tuple[Letter, ...]
    letters_text: str
    refused: tuple[RefusedView, ...]


class BackendPage(Struct, frozen=True, kw_only=True):
    """The page. `present` is the title of what bills now; `reason` says why nothing can be connected."""

    template: ClassVar[str] = "dashboard/backend.html"
    csrf: str
    action: str
    present: str
    remote: bool
    sandbox: bool
    offers: tuple[Offer, ...]
    mirror: MirrorView | None
    may_change: bool
    reason: str = ""
    notice: Notice | None = None


def offer(kind: type[AnyBackend], errors: dict[str, str], locale: str, *, connected: bool, made_here: int = 0) -> Offer:
    """A backend as it is offered; `made_here` products are on sale that it does not know. What was typed is not shown
    again: it is a secret."""
    return Offer(
        name=kind.name,
        title=translate(locale, kind.title),
        permissions=tuple(translate(locale, each) for each in kind.permissions),
        key_page=kind.key_page,
        connected=connected,
        made_here=translate_plural(
            locale,
            "{number} product that you made here is archived as you connect, with its prices, coupons and tax rates:"
            " {backend} does not know it. Make it anew afterwards, here or at {backend}.",
            "{number} products that you made here are archived as you connect, with their prices, coupons and tax"
            " rates: {backend} does not know them. Make them anew afterwards, here or at {backend}.",
            made_here,
            backend=translate(locale, kind.title),
        )
        if made_here
        else "",
        fields=tuple(
            KeyField(
                name=each.name,
                kind="secret" if each.kind == "secret" else "text",
                label=translate(locale, each.title if is_of_plugin(each.title) else LABELS.get(each.name, each.title)),
                help=translate(locale, HELPS[each.name])
                if each.name in HELPS and kind.permissions and not is_of_plugin(each.help)
                else translate(locale, each.help),
                error=errors.get(each.name, ""),
            )
            for each in form_fields(kind.Settings)
        ),
    )


def mirror_view(
    mirror: Mirror,
    letters: Sequence[DeadLetter],
    refused: Sequence[ListedRefusal],
    customers: str,
    now: datetime,
    locale: str,
) -> MirrorView:
    """How a mirror stands, at `now`. Below the path `customers` lie their pages."""
    text, tone = STATES[mirror.state]
    name = mirror.name or mirror.account
    failing = ""
    if mirror.failing_since is not None:
        failing = translate(
            locale,
            "No answer since {date}. The portal shows what was known then. {reason}",
            date=date_time(mirror.failing_since, locale),
            reason=said(mirror.failing_with, locale),
        ).strip()
    return MirrorView(
        account=name,
        badge=Badge(translate(locale, text), tone),
        facts=tuple(_facts(mirror, now, locale)),
        missing=tuple(translate(locale, each) for each in mirror.missing),
        failing=failing,
        importing=_importing(mirror.imported, now, locale)
        if mirror.imported_at is None and mirror.stopped_at is None
        else None,
        stopped=mirror.stopped_at is not None,
        letters=tuple(_letter(each, locale) for each in letters),
        letters_text=translate_plural(
            locale,
            "{number} message could not be applied. Nothing is lost: it can be tried again.",
            "{number} messages could not be applied. Nothing is lost: they can be tried again.",
            mirror.dead,
        )
        if mirror.dead
        else "",
        refused=tuple(_refused(each, customers, locale) for each in refused),
    )


def _facts(mirror: Mirror, now: datetime, locale: str) -> list[Detail]:
    def fact(label: str, value: str, **more: Any) -> Detail:
        return Detail(label=label, value=value, **more)

    facts = [
        fact(translate(locale, "Account"), mirror.account, copy=True),
        fact(translate(locale, "Connected"), date_time(mirror.connected_at, locale)),
        fact(translate(locale, "Last heard of"), date_time(mirror.last_heard, locale)),
    ]
    if mirror.stopped_at is not None:
        return facts
    behind = translate(locale, "Nothing waits")
    if mirror.waiting:
        behind = translate(locale, "{span} behind", span=lasting(mirror.lag, locale))
        waiting = translate_plural(locale, "{number} message waits", "{number} messages wait", mirror.waiting)
        behind = f"{behind} · {waiting}"
    facts.append(fact(translate(locale, "Lag"), behind))
    repairs = number(mirror.repairs, locale)
    if mirror.repaired_at is not None:
        repairs = translate(locale, "{number}, last {date}", number=repairs, date=date_time(mirror.repaired_at, locale))
    facts.append(fact(translate(locale, "Repairs"), repairs))
    if mirror.endpoint_url is not None:
        facts.append(fact(translate(locale, "Events arrive at"), mirror.endpoint_url.rpartition("/")[0] + "/…"))
    return facts


def _importing(walk: Walk, now: datetime, locale: str) -> ImportView:
    done, seen = walk.done, max(walk.seen, walk.done)
    if walk.stage == "catalogue":
        sentence = translate(locale, "Products, prices and coupons come first, then the customers.")
    elif walk.total is None:
        sentence = translate(
            locale,
            "{done} customers are copied, of {seen} that are known so far.",
            done=number(done, locale),
            seen=number(seen, locale),
        )
    else:
        seen = walk.total
        sentence = translate(
            locale, "{done} of {total} customers are copied.", done=number(done, locale), total=number(seen, locale)
        )
    pace, left = each_minute(walk.marks, done, now), time_left(walk.marks, done, walk.total, now)
    return ImportView(
        share=100 * done // seen if seen else 0,
        sentence=sentence,
        pace=translate(locale, "About {number} a minute.", number=number(round(pace), locale)) if pace else "",
        left="" if left is None else still_lasting(left, locale),
    )


def _refused(act: ListedRefusal, customers: str, locale: str) -> RefusedView:
    told = translate(locale, "The customer was told.") if act.told else translate(locale, "The customer was not told.")
    return RefusedView(
        title=act_name(act.command, locale),
        customer=act.name or act.customer,
        url=f"{customers}/{act.customer}",
        detail=f"{date_time(act.at, locale)} · {told}",
        reason=staff_sentence(act.refusal, locale),
    )


def _letter(letter: DeadLetter, locale: str) -> Letter:
    about = "" if letter.subject is None else letter.subject.partition(":")[2]
    when = date_time(letter.at, locale)
    tries = translate_plural(locale, "tried once", "tried {number} times", letter.attempts)
    parts = (about, when, tries)
    return Letter(
        id=letter.id,
        title=letter.kind,
        detail=" · ".join(each for each in parts if each),
        error=said(letter.last_error, locale),
    )
