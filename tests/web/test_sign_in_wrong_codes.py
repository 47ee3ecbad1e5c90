"""A hundred wrong codes: their owner is told once, and says "it was me" (trust.md A3). Nobody else learns a thing."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest
from sides import new_tenant
from sign_in_world import BASE, JENNY, World
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from frontdesk.branding import Brand
from frontdesk.limits import HOUR, checks
from frontdesk.limits import Visitor as Anybody
from frontdesk_tenants import wrong_codes
from frontdesk_tenants.database import clock
from frontdesk_tenants.tables import address_tallies, audit, challenges
from frontdesk_web.csrf import csrf_token
from frontdesk_web.gallery_brands import NORTHBEAM
from frontdesk_web.languages import LOCALES
from frontdesk_web.letter_views import WrongCodesLetter, letter_frame
from frontdesk_web.letters.wrong_codes import make_room, send_wrong_codes_letter
from frontdesk_web.messages import translate
from frontdesk_web.rendering import Renderer
from frontdesk_web.site import Site
from frontdesk_web.static_files import StaticFiles

WRONG = "0000000"
"""No code: they have six digits, eight or ten."""
TASKS: dict[str, Callable[[Site, UUID, str], Awaitable[None]]] = {
    wrong_codes.MAKE_ROOM: make_room,
    wrong_codes.SEND_LETTER: send_wrong_codes_letter,
}
_LINK = re.compile(BASE + r"(/p/wrong-codes/\S+)")
_FIELD = re.compile(r'name="csrf" value="([^"]*)"')


class Worker:
    """Does the jobs of one side that are about wrong codes, each once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._done: set[int] = set()

    async def works(self) -> list[str]:
        """Work until nothing is due; returns what was done."""
        done: list[str] = []
        while due := [each for each in await self.jobs() if each.id not in self._done and not each.later]:
            for job in due:
                self._done.add(job.id)
                await TASKS[job.task_name](self.world.site, self.world.door.tenant_id, job.run)
                done.append(job.task_name)
        return done

    async def jobs(self) -> list[Any]:
        """All there ever were."""
        question = text(
            "SELECT id, task_name, args ->> 'row_id' AS run, coalesce(scheduled_at > now(), false) AS later"
            " FROM procrastinate_jobs WHERE args ->> 'tenant_id' = :side AND task_name = ANY(:tasks) ORDER BY id"
        )
        async with self.world.site.tenancy.database.unscoped() as connection:
            side = str(self.world.door.tenant_id)
            return list(await connection.execute(question, {"side": side, "tasks": list(TASKS)}))


async def after_wrong_codes(world: World, failures: int, email: str = JENNY) -> None:
    """So many wrong codes were typed, the last one two hours ago."""
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        values = {"failures": failures, "weight": 0, "updated": await clock(connection) - 2 * HOUR}
        await connection.execute(
            insert(address_tallies)
            .values(tenant_id=world.door.tenant_id, address=email, **values)
            .on_conflict_do_update(index_elements=["tenant_id", "address"], set_=values)
        )


async def guess(world: World, email: str = JENNY) -> httpx.Response:
    """A stranger asks for a code and types a wrong one."""
    visitor = world.visitor()
    await visitor.ask(email)
    return await visitor.type(WRONG)


async def failures(world: World) -> list[int]:
    return [row.failures for row in await world.rows(select(address_tallies.c.failures))]


def letters(world: World, email: str = JENNY) -> list[EmailMessage]:
    """What an address was told; codes are not sent in these tests."""
    return world.mailbox.to(email)


def link_in(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    found = _LINK.search(body.get_content())
    assert found is not None
    return found[1]


def field_in(page: httpx.Response) -> str:
    found = _FIELD.search(page.text)
    assert found is not None
    return found[1]


def csrf_of(world: World, token: str) -> str:
    """What the page of a link would have had in its form."""
    return csrf_token(world.site.tenancy.vault, f"wrong codes {token}")


async def test_an_owner_is_told_once_and_says_that_it_was_them(world: World) -> None:
    customer = await world.customer()
    worker, reader = Worker(world), world.visitor()
    await after_wrong_codes(world, 98)
    await guess(world)
    assert await worker.works() == [], "ninety-nine"
    await after_wrong_codes(world, 99)
    await guess(world)
    assert await worker.works() == [wrong_codes.MAKE_ROOM, wrong_codes.SEND_LETTER]
    await after_wrong_codes(world, 100)
    await guess(world)
    assert await worker.works() == [], "it was told already"
    (letter,) = letters(world)
    path = link_in(letter)
    assert JENNY not in path

    assert await failures(world) == [101]
    assert (await reader.http.head(path)).status_code == 200
    page = await reader.http.get(path)
    assert page.status_code == 200
    assert "Was it you who typed wrong codes?" in page.text
    refused: list[tuple[dict[str, str], str]] = [({}, "forged"), ({"sec-fetch-site": "cross-site"}, field_in(page))]
    for headers, csrf in refused:
        assert (await reader.http.post(path, data={"csrf": csrf}, headers=headers)).status_code == 403
    assert await failures(world) == [101], "looking changes nothing, nor does a stranger's page"

    done = await reader.http.post(path, data={"csrf": field_in(page)})
    assert done.status_code == 200
    assert "The wrong codes are forgotten" in done.text
    assert await failures(world) == []
    acts = await world.rows(select(audit.c.actor_kind, audit.c.object).where(audit.c.action == "forgot_wrong_codes"))
    assert [tuple(each) for each in acts] == [("customer", customer)]
    await world.visitor().ask(JENNY)
    digits = await world.rows(select(challenges.c.digits).order_by(challenges.c.created))
    assert [row.digits for row in digits] == [6, 6, 10, 6]
    second = await reader.http.post(path, data={"csrf": field_in(page)})
    assert second.status_code == 404
    assert "This link does not work any more" in second.text


async def test_a_link_is_of_its_own_run(world: World) -> None:
    customer, worker, reader = await world.customer(), Worker(world), world.visitor()
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        german = """UPDATE customers SET body = jsonb_set(body::jsonb, '{preferred_locales}', '["de"]')::json"""
        await connection.execute(text(german + " WHERE id = :id"), {"id": customer})
    for _ in range(2):
        await after_wrong_codes(world, 99)
        await guess(world)
        await worker.works()
        if len(letters(world)) == 1:
            # The owner signed in, or staff helped.
            async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
                assert await wrong_codes.forget(connection, JENNY) == 100
    first, second = letters(world)
    assert str(first["subject"]).startswith("Viele falsche Anmeldecodes")
    assert first["message-id"] != second["message-id"]
    page = await reader.http.get(link_in(second))
    assert (await reader.http.get(link_in(first))).status_code == 404
    token = link_in(first).rpartition("/")[2]
    csrf = csrf_of(world, token)
    assert (await reader.http.post(link_in(first), data={"csrf": csrf})).status_code == 404
    assert await failures(world) == [100]
    assert (await reader.http.post(link_in(second), data={"csrf": field_in(page)})).status_code == 200
    assert await failures(world) == []


async def test_forged_foreign_and_old_links_are_answered_alike(world: World) -> None:
    await world.customer()
    worker, reader = Worker(world), world.visitor()
    await after_wrong_codes(world, 99)
    await guess(world)
    await worker.works()
    path = link_in(letters(world)[0])
    other = (await new_tenant(world.site.tenancy)).sandbox.door.public_id
    foreign = path.replace(world.door.public_id, other)
    live = path.replace(world.door.public_id, world.tenant.live.door.public_id)
    for bad in (foreign, live, path[:-1], path + "x", path.replace(".", ""), path[: path.rindex("/") + 13]):
        token = bad.rpartition("/")[2]
        answers = [await reader.http.get(bad)]
        answers.append(await reader.http.post(bad, data={"csrf": csrf_of(world, token)}))
        for answer in answers:
            assert answer.status_code == 404, bad
            assert "This link does not work any more" in answer.text
    for nobodys in ("x", "%00", "house0000000" + "x" * 32, "x" * 300):
        assert (await reader.http.get(f"/p/wrong-codes/{nobodys}")).status_code == 404
    page = await reader.http.get(path)
    assert page.status_code == 200
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(challenges.update().values(created=challenges.c.created - timedelta(days=7)))
    assert (await reader.http.post(path, data={"csrf": field_in(page)})).status_code == 404
    assert await failures(world) == [100]


async def test_nothing_tells_whether_somebody_has_the_address(world: World) -> None:
    await world.customer()
    worker, stranger = Worker(world), "nobody@example.com"
    seen: list[tuple[Any, ...]] = []
    for email in (JENNY, stranger):
        before = len(await worker.jobs())
        await after_wrong_codes(world, 99, email)
        page = await guess(world, email)
        shown = _FIELD.sub("", page.text).replace(email, "").replace(email.replace("@", "&#x40;"), "")
        await worker.works()
        anybody = Anybody(tenant=str(world.door.tenant_id), address=email, peer=None)
        counted = await world.site.limiter.look(checks("request", anybody), await now_of(world))
        tasks = [each.task_name for each in (await worker.jobs())[before:]]
        seen.append((page.status_code, shown, tasks, counted.counts[:2]))
    assert seen[0] == seen[1]
    assert seen[0][3] == (3, 3), "its code, the letter, and the one that is asked about"
    assert len(letters(world)) == 1
    assert letters(world, stranger) == []


async def now_of(world: World) -> Any:
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        return await clock(connection)


async def test_a_mailbox_gets_no_more_letters_than_it_may(world: World) -> None:
    await world.customer()
    worker = Worker(world)
    await after_wrong_codes(world, 99)
    anybody = Anybody(tenant=str(world.door.tenant_id), address=JENNY, peer=None)
    for _ in range(4):
        await world.site.limiter.count(checks("request", anybody), await now_of(world))
    await guess(world)
    assert await worker.works() == [wrong_codes.MAKE_ROOM]
    assert letters(world) == []
    assert [(each.task_name, each.later) for each in await worker.jobs()] == [
        (wrong_codes.MAKE_ROOM, False),
        (wrong_codes.MAKE_ROOM, True),
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_letter_speaks_every_language(locale: str) -> None:
    brand = Brand(business_name=NORTHBEAM.brand.business_name, support_email="help@northbeam.example")
    view = WrongCodesLetter(
        frame=letter_frame(brand, locale), customer="Jenny", email=JENNY, until="12/5", url=f"{BASE}/p/wrong-codes/x"
    )
    written = Renderer(StaticFiles()).letter(locale, view)
    assert brand.business_name in written.subject
    for part in (JENNY, "12/5", view.url, "help@northbeam.example"):
        assert part in written.text
        assert part in written.html.replace("&#x40;", "@").replace("&#x2f;", "/")
    for sentence in ("It was me", "Many wrong sign-in codes were typed"):
        assert (translate(locale, sentence) == sentence) == (locale == "en")
