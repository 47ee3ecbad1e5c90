"""Staff of a tenant, signed in with both factors, and a browser without a screen for them."""

import itertools
from datetime import timedelta

import httpx
import pyotp
from bare_browser import BareBrowser
from msgspec import Struct
from sites import RunningSite, browser_headers
from sqlalchemy import update

from frontdesk.ids import random_token
from frontdesk.roles import Role
from frontdesk_tenants import operators, people, second_factors, staff, staff_sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.people import Person
from frontdesk_tenants.staff import Member
from frontdesk_tenants.tables import staff_sessions as sessions_table
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.cookies import cookie_name
from frontdesk_web.dashboard.house_face import JAR

_numbers = itertools.count(1)


class Hired(Struct, frozen=True, kw_only=True):
    """Somebody who works for a tenant, with a session that both factors were given for.

    `totp_secret` is what their authenticator app knows, `secret` the cookie's value, `session` its public id.
    """

    person: Person
    member: Member
    totp_secret: str
    session: str
    secret: str

    @property
    def address(self) -> str:
        """Their e-mail address."""
        return self.person.address

    def totp(self) -> str:
        """What their app shows now."""
        return pyotp.TOTP(self.totp_secret).now()


async def hire(tenancy: Tenancy, live: Door, role: Role = Role.OWNER, address: str | None = None) -> Hired:
    """A new member of a tenant's staff. `live` is the door of its live side."""
    address = address or f"staff-{next(_numbers)}-{live.public_id.lower()}@example.com"
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        person = await people.get_or_create(connection, address, now, name="Robin Staff", locale="en")
        enrolment = await second_factors.begin(connection, tenancy.vault, person, "Frontdesk")
        totp_secret = enrolment.secret.reveal()
        code = pyotp.TOTP(totp_secret).generate_otp(int(now.timestamp()) // second_factors.STEP_SECONDS - 1)
        assert await second_factors.confirm(connection, tenancy.vault, person, code, now)
        person = await people.read(connection, person.id)  # type: ignore[assignment]
        assert person is not None
    session, secret = await staff_session(tenancy, person)
    async with tenancy.database.side(live.tenant_id) as connection:
        member = await staff.add_member(connection, live.tenant_id, person, role, now)
    return Hired(person=person, member=member, totp_secret=totp_secret, session=session, secret=secret)


async def stay_proven(tenancy: Tenancy, *people: Person) -> None:
    """Let what these people have proven count as fresh for an hour: asking every route takes longer than the product's
    five minutes on a slow machine."""
    async with tenancy.database.side(HOUSE) as connection:
        later = await clock(connection) + timedelta(hours=1)
        theirs = sessions_table.c.person.in_([each.id for each in people])
        await connection.execute(update(sessions_table).where(theirs).values(fresh_at=later))


class Operating(Struct, frozen=True, kw_only=True):
    """An operator, with a session that both factors were given for."""

    person: Person
    session: str
    secret: str


async def operate(tenancy: Tenancy, address: str | None = None) -> Operating:
    """A new operator."""
    address = address or f"operator-{next(_numbers)}-{random_token(6).lower()}@example.com"
    await operators.add_operator(tenancy, address)
    async with tenancy.database.side(HOUSE) as connection:
        person = await people.get_or_create(connection, address, await clock(connection), name="Olga", locale="en")
    session, secret = await staff_session(tenancy, person)
    return Operating(person=person, session=session, secret=secret)


async def staff_session(tenancy: Tenancy, person: Person, *, whole: bool = True) -> tuple[str, str]:
    """A session of a person: its public id and the cookie's value."""
    async with tenancy.database.side(HOUSE) as connection:
        return await staff_sessions.open_session(
            connection,
            person=person.id,
            method="passcode",
            agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            network="192.0.2.7",
            locale="en",
            now=await clock(connection),
            whole=whole,
        )


def staff_cookie(running: RunningSite, secret: str) -> str:
    """A Cookie header with a staff session's secret."""
    return f"{cookie_name(running.config, JAR)}={secret}"


class StaffBrowser(BareBrowser):
    """Works at one side's dashboard, keeps no cookies but the session's."""

    roots = ("/dashboard", "/operator", "/p/")

    def __init__(self, running: RunningSite, door: Door, secret: str, **headers: str) -> None:
        sent = {"Cookie": staff_cookie(running, secret), **browser_headers(running.config), **headers}
        super().__init__(running.client(**sent), f"/dashboard/{door.portal}")

    async def upload(self, path: str, files: dict[str, tuple[str, bytes, str]], **fields: str) -> httpx.Response:
        """Post a form with files: name -> (file name, content, media type)."""
        if "csrf" not in fields:
            fields["csrf"] = self.csrf
        self.page = await self._client.post(self._whole(path), data=fields, files=files)
        return self.page
