"""Somebody's own account: name, sessions, second step. It belongs to the person, whatever tenants they work for."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk_tenants import audit, people, second_factors, staff, staff_sessions
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.staff_sessions import StaffSession
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, refuse_forged
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.browsers import browser_name
from frontdesk_web.dashboard.entry_views import RecoveryCodesPage
from frontdesk_web.dashboard.half_way import ONE_FACTOR, StaffCaller, StaffNotSignedIn
from frontdesk_web.dashboard.house_face import house_page
from frontdesk_web.formatting import date_time
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.languages import LOCALE_NAMES, STAFF_LOCALES
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Field, Notice, Option
from frontdesk_web.site import Site

NAME_LENGTH = 100


class SessionRow(Struct, frozen=True, kw_only=True):
    """A session that is good now. `end_action` is None for the one that this page is seen in."""

    browser: str
    network: str
    last_seen: str
    end_action: str | None


class AccountPage(Struct, frozen=True, kw_only=True):
    """The account. `by_provider` says that the person came in through a tenant's identity provider."""

    template: ClassVar[str] = "dashboard/account.html"
    csrf: str
    address: str
    name: Field
    languages: tuple[Option, ...]
    action: str
    sessions: tuple[SessionRow, ...]
    end_others_action: str
    recovery_codes_left: int
    recovery_codes_action: str
    new_factor_action: str
    sign_out_action: str
    back_url: str
    by_provider: bool
    notice: Notice | None = None


@get(ways.ACCOUNT, **ONE_FACTOR)
async def account(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    _whole(request, caller)
    return await _page(request, site, caller, notice=_told(request, caller))


@post(ways.ACCOUNT, **ONE_FACTOR)
async def save_account(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """Save name and language."""
    form = await _form(request, site, caller)
    name, locale = " ".join(form.get("name", "").split()), form.get("locale")
    if len(name) > NAME_LENGTH or not name.isprintable():
        sentence = translate(caller.locale, "A name has at most 100 characters and no line breaks.")
        return await _page(request, site, caller, name=Field(value=name[:512], error=sentence))
    async with site.tenancy.database.side(HOUSE) as connection:
        await people.rename(connection, caller.person.id, name)
        if locale in STAFF_LOCALES:
            await people.speak(connection, caller.person.id, locale)
            await staff_sessions.note_locale(connection, caller.session, locale)
        await _record(connection, request, caller, "account_changed")
        await staff.rename_everywhere(connection, caller.person.id, name)
    return _done("saved")


@post(ways.ACCOUNT + "/sessions/{session:str}/end", **ONE_FACTOR)
async def end_staff_session(
    request: AnyRequest, session: FromPath[str], caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """End one of one's own sessions."""
    await _form(request, site, caller)
    async with site.tenancy.database.side(HOUSE) as connection:
        if not await staff_sessions.end_by_id(connection, caller.person.id, known_id(session), caller.session.now):
            raise NotFoundException
        await _record(connection, request, caller, "session_ended")
    return _done("ended")


@post(f"{ways.ACCOUNT}/sessions/end-others", **ONE_FACTOR)
async def end_other_staff_sessions(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """End all of one's own sessions but this one."""
    await _form(request, site, caller)
    async with site.tenancy.database.side(HOUSE) as connection:
        now = caller.session.now
        if await staff_sessions.end_all(connection, caller.person.id, now, but=caller.session.id):
            await _record(connection, request, caller, "other_sessions_ended")
    return _done("ended")


@post(f"{ways.ACCOUNT}/recovery-codes", **ONE_FACTOR)
async def renew_recovery_codes(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """New recovery codes, shown once; the old ones count no more."""
    await _form(request, site, caller, fresh=True)
    async with site.tenancy.database.side(HOUSE) as connection:
        codes = await second_factors.renew_recovery_codes(
            connection, site.tenancy.vault, caller.person, caller.session.now
        )
        await _record(connection, request, caller, "recovery_codes_renewed")
    page = RecoveryCodesPage(codes=tuple(each.reveal() for each in codes), next_url=ways.ACCOUNT)
    return house_page(request, site, caller.locale, page)


@post(f"{ways.ACCOUNT}/second-factor", **ONE_FACTOR)
async def replace_second_factor(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """Take the second factor away and set up another at once; all other sessions end."""
    await _form(request, site, caller, fresh=True)
    async with site.tenancy.database.side(HOUSE) as connection:
        await second_factors.remove(connection, caller.person)
        await staff_sessions.end_all(connection, caller.person.id, caller.session.now, but=caller.session.id)
        await _record(connection, request, caller, "second_factor_replaced")
    return Redirect(ways.ENROL, status_code=303)


async def _form(request: AnyRequest, site: Site, caller: StaffCaller, *, fresh: bool = False) -> Mapping[str, str]:
    """What was posted by somebody who is signed in with both factors, and lately where it must be."""
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, caller.session.id, form.get(FIELD))
    _whole(request, caller)
    if fresh and not caller.session.fresh:
        raise StaffNotSignedIn(Redirect(ways.with_next(ways.FRESH, ways.ACCOUNT), status_code=303))
    return form


def _whole(request: AnyRequest, caller: StaffCaller) -> None:
    if not caller.session.whole:
        raise StaffNotSignedIn(Redirect(ways.with_next(ways.FACTOR, ways.ACCOUNT), status_code=303))


async def _page(
    request: AnyRequest,
    site: Site,
    caller: StaffCaller,
    *,
    name: Field | None = None,
    notice: Notice | None = None,
) -> Response[bytes]:
    async with site.tenancy.database.side(HOUSE) as connection:
        sessions = await staff_sessions.sessions_of(connection, caller.person.id)
        left = await second_factors.unused_recovery_codes(connection, caller.person)
    page = AccountPage(
        csrf=caller.csrf,
        address=caller.person.address,
        name=name or Field(value=caller.person.name),
        languages=tuple(
            Option(value=each, text=LOCALE_NAMES[each], selected=each == caller.locale) for each in STAFF_LOCALES
        ),
        action=ways.ACCOUNT,
        sessions=tuple(_row(caller, each) for each in sessions),
        end_others_action=f"{ways.ACCOUNT}/sessions/end-others",
        recovery_codes_left=left,
        recovery_codes_action=f"{ways.ACCOUNT}/recovery-codes",
        new_factor_action=f"{ways.ACCOUNT}/second-factor",
        sign_out_action=ways.SIGN_OUT,
        back_url=ways.WORKPLACES,
        by_provider=caller.session.method == "oidc",
        notice=notice,
    )
    return house_page(request, site, caller.locale, page, 400 if name is not None else 200)


def _row(caller: StaffCaller, session: StaffSession) -> SessionRow:
    mine = session.id == caller.session.id
    return SessionRow(
        browser=browser_name(session.agent, caller.locale),
        network=session.network,
        last_seen=date_time(session.last_seen, caller.locale),
        end_action=None if mine else f"{ways.ACCOUNT}/sessions/{session.id}/end",
    )


def _done(what: str) -> Response[Any]:
    return Redirect(f"{ways.ACCOUNT}?done={what}", status_code=303)


def _told(request: AnyRequest, caller: StaffCaller) -> Notice | None:
    sentences = {
        "saved": translate(caller.locale, "Your account is saved."),
        "ended": translate(caller.locale, "Ended. Whoever uses that session is asked to sign in again."),
    }
    told = sentences.get(request.query_params.get("done", ""))
    return None if told is None else Notice(tone="success", text=told)


async def _record(connection: SideTransaction, request: AnyRequest, caller: StaffCaller, action: str) -> None:
    await audit.record(
        connection,
        HOUSE,
        actor=caller.actor,
        action=action,
        object_id=caller.person.id,
        now=caller.session.now,
        request_id=request_id(request.scope),
    )


routes: Sequence[Any] = [
    account,
    save_account,
    end_other_staff_sessions,
    end_staff_session,
    renew_recovery_codes,
    replace_second_factor,
]
