"""The delivery log: every letter leaves a row that says what became of it, and nothing of what it said."""

from datetime import timedelta

import pytest
from sign_in_world import CODE, JENNY, Clock, World
from sqlalchemy import text

from frontdesk.channels import Letter
from frontdesk.errors import Misconfigured
from frontdesk_tenants import mail_log
from frontdesk_tenants.database import clock
from frontdesk_tenants.keyset import Place
from frontdesk_tenants.mail_log import AskedCode, LoggedLetter
from frontdesk_tenants.paging import Page
from frontdesk_tenants.sweeping import sweep
from frontdesk_tenants.tables import mail_log as rows
from frontdesk_web.letters.post import deliver


async def letters_to(world: World, address: str = JENNY) -> tuple[LoggedLetter, ...]:
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        return (await mail_log.search(connection, address=address)).items


async def codes_asked(world: World, address: str = JENNY) -> tuple[AskedCode, ...]:
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        return await mail_log.codes_asked(connection, address)


def letter(number: int = 1, to: str = JENNY, **changed: object) -> Letter:
    fields = {"subject": "Hello", "text": "Your code is 493827.", "sender_name": "Acme", "purpose": "test"} | changed
    return Letter(to=to, message_id=f"<evt_{number}@billing.example.com>", **fields)  # type: ignore[arg-type]


async def test_a_passcode_leaves_a_row_without_the_code(world: World) -> None:
    customer = await world.customer()
    await world.visitor().ask(" Jenny@Example.com ")
    code = await world.code_for(JENNY)
    (row,) = await letters_to(world, "JENNY@example.com")
    assert (row.to, row.purpose, row.language, row.customer) == (JENNY, "passcode", "en", customer)
    assert (row.outcome, row.detail, row.attempts, row.sender) == ("accepted", "", 1, None)
    assert row.message_id == str(world.mailbox.to(JENNY)[-1]["message-id"])
    (asked,) = await codes_asked(world)
    assert (asked.delivery, asked.used, asked.letter) == ("accepted", False, row)
    kept = str([row._asdict() for row in await world.rows(text("SELECT * FROM mail_log"))])
    assert code not in kept
    assert CODE.search(str(world.mailbox.to(JENNY)[-1]["subject"])) is not None


async def test_an_address_without_a_customer_leaves_no_row_but_staff_can_see_that_it_was_asked_for(
    world: World,
) -> None:
    await world.visitor().ask("nobody@example.com")
    await world.send_letters()
    assert await letters_to(world, "nobody@example.com") == ()
    (asked,) = await codes_asked(world, "Nobody@example.com")
    assert (asked.delivery, asked.used, asked.letter) == ("dropped", False, None)


async def test_a_bounce_is_seen_on_the_customer_until_the_address_is_corrected(world: World) -> None:
    customer = await world.customer()
    world.mailbox.recipient_answers = ["550 5.1.1 No such user here"]
    await world.visitor().ask(JENNY)
    await world.send_letters()
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        latest = await mail_log.latest_outcome(connection, customer)
        assert latest is not None
        assert (latest.outcome, latest.detail) == ("bounced", "550 5.1.1 No such user here")
        assert (await mail_log.letters_of_customer(connection, customer)) == (latest,)
        await connection.execute(text("UPDATE customers SET address = 'jenny@example.org'"))
        assert await mail_log.latest_outcome(connection, customer) is None
        assert await mail_log.letters_of_customer(connection, customer) == (latest,)


async def test_a_letter_that_waits_says_why_and_is_one_row_however_often_it_is_tried(world: World) -> None:
    world.mailbox.recipient_answers = ["451 4.7.1 Greylisted"] * 2
    for _ in range(2):
        with pytest.raises(Exception, match="451"):
            await deliver(world.site, world.door, letter())
    (waiting,) = await letters_to(world)
    assert (waiting.outcome, waiting.attempts) == ("waiting", 2)
    assert "later (451)" in waiting.detail
    await deliver(world.site, world.door, letter())
    (taken,) = await letters_to(world)
    assert (taken.id, taken.outcome, taken.detail, taken.attempts) == (waiting.id, "accepted", "", 3)
    world.mailbox.recipient_answers = ["550 gone"]
    await deliver(world.site, world.door, letter())
    (copied,) = await letters_to(world)
    assert (copied.outcome, copied.attempts) == ("accepted", 4)


async def test_a_code_that_waits_until_it_is_over_is_given_up(timed_world: tuple[World, Clock]) -> None:
    world, time = timed_world
    await world.customer()
    await world.visitor().ask(JENNY)
    world.mailbox.recipient_answers = ["451 later"]
    with pytest.raises(Exception, match="451"):
        await world.send_letters()
    assert [each.outcome for each in await letters_to(world)] == ["waiting"]
    time.forward(minutes=11)
    await world.send_letters()
    assert [each.outcome for each in await letters_to(world)] == ["expired"]
    assert [each.delivery for each in await codes_asked(world)] == ["dropped"]


async def test_a_server_that_quotes_the_letter_does_not_get_the_code_into_the_log(world: World) -> None:
    world.mailbox.data_answers = ["554 5.7.1 Spam: Your code is 493827."]
    await deliver(world.site, world.door, letter())
    (row,) = await letters_to(world)
    assert (row.outcome, row.detail) == ("rejected", "554 5.7.1 Spam: Your code is ••••.")


async def test_without_a_channel_the_row_says_what_the_staff_must_do(world: World) -> None:
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(text("UPDATE tenant_plugins SET enabled = false"))
    with pytest.raises(Misconfigured):
        await deliver(world.site, world.door, letter())
    (row,) = await letters_to(world)
    assert (row.outcome, row.detail) == ("waiting", "No plugin that carries letters is switched on.")


async def test_the_log_is_searched_by_how_an_address_begins_and_read_page_by_page(world: World) -> None:
    side = world.door.tenant_id
    async with world.site.tenancy.database.side(side) as connection:
        now = await clock(connection)
        for number in range(7):
            to = f"{'jenny' if number % 2 else 'John'}+{number}@example.com"
            # Three of each instant: pages are told apart by (created, id).
            await mail_log.begin(connection, side, letter(number, to), now - timedelta(seconds=number // 3))

        async def found(**asked: object) -> Page[LoggedLetter]:
            return await mail_log.search(connection, **asked)  # type: ignore[arg-type]

        everything = (await found()).items
        assert len(everything) == 7
        assert [(each.created, each.id) for each in everything] == sorted(
            ((each.created, each.id) for each in everything), reverse=True
        )
        walked: list[LoggedLetter] = []
        page = await found(limit=2)
        while True:
            walked += page.items
            if not page.has_more:
                break
            last = page.items[-1]
            page = await found(limit=2, after=Place(created=last.created, id=last.id))
        assert walked == list(everything)
        back = await found(limit=3, before=Place(created=everything[5].created, id=everything[5].id))
        assert (back.items, back.has_more) == (everything[2:5], True)
        newest = await found(limit=3, before=Place(created=everything[2].created, id=everything[2].id))
        assert (newest.items, newest.has_more) == (everything[:2], False)
        assert {each.to for each in (await found(address=" JOHN+")).items} == {
            f"John+{number}@example.com" for number in (0, 2, 4, 6)
        }
        assert [each.to for each in (await found(address="jenny+3@example.com")).items] == ["jenny+3@example.com"]
        for nothing in ("jenny%", "_", "\x00", "\ud800", "\U0010ffff", "x" * 600):
            assert (await found(address=nothing)).items == ()
        await mail_log.note(connection, everything[0].id, "bounced", "550", now)
        assert [each.id for each in (await found(outcomes=("bounced",))).items] == [everything[0].id]
        assert len((await found(purpose="test")).items) == 7
        assert (await found(purpose="passcode")).items == ()


async def test_it_is_kept_for_thirty_days(timed_world: tuple[World, Clock]) -> None:
    world, time = timed_world
    await deliver(world.site, world.door, letter())
    time.forward(days=29, hours=23)
    await sweep(world.site.tenancy)
    assert len(await letters_to(world)) == 1
    time.forward(hours=2)
    await sweep(world.site.tenancy)
    assert await letters_to(world) == ()


def test_no_field_of_a_row_is_for_words() -> None:
    """What a letter said, or is called, has no place in the log: a column for it would be seen here."""
    assert {each.name for each in rows.columns} == {
        "tenant_id", "id", "cause", "message_id", "recipient", "address", "sender", "purpose", "language", "customer",
        "outcome", "detail", "attempts", "created", "updated", "channel", "area",
    }  # fmt: skip
