"""Letters from a tenant's own domain: only once its records are found, signed, and no longer than they are there."""

import asyncio
from email import message_from_bytes, policy

import msgspec
import pytest
from mail_world import OPERATORS, STAFF, MailWorld
from sign_in_world import JENNY, Clock
from sqlalchemy import select, text

from frontdesk_tenants import mail_log, sender_domains
from frontdesk_tenants.database import clock
from frontdesk_tenants.mail_log import LoggedLetter
from frontdesk_tenants.tables import audit, tenant_plugins
from frontdesk_tenants.tables import sender_domains as rows
from frontdesk_web.letters.post import operators_settings


def sender_in(message: bytes) -> str:
    return str(message_from_bytes(message, policy=policy.default)["from"].addresses[0].addr_spec)  # type: ignore[attr-defined]


async def last_logged(mail: MailWorld) -> LoggedLetter:
    async with mail.site.tenancy.database.side(mail.door.tenant_id) as connection:
        return (await mail_log.search(connection, address=JENNY)).items[0]


async def test_letters_come_from_the_operator_at_once_in_the_tenants_name(mail: MailWorld) -> None:
    message = message_from_bytes(await mail.letter_arrives(), policy=policy.default)
    assert str(message["from"]) == f"Acme <{OPERATORS}>"
    assert str(message["reply-to"]) == "help@acme.example"
    assert message["dkim-signature"] is None
    assert (await last_logged(mail)).sender is None


async def test_with_all_records_letters_come_signed_from_the_own_domain(mail: MailWorld) -> None:
    await mail.claim("billing", "acme.example")
    assert sender_in(await mail.letter_arrives()) == OPERATORS
    before = await mail.check()
    assert [(each.kind, each.state) for each in before.findings] == [
        ("spf", "missing"), ("dkim", "missing"), ("dmarc", "missing"),
    ]  # fmt: skip
    await mail.publish()
    after = await mail.check()
    assert [each.state for each in after.findings] == ["found"] * 3
    message = await mail.letter_arrives()
    assert sender_in(message) == mail.mailbox.senders[-1] == "billing@acme.example"
    assert mail.is_signed(message, after)
    assert not mail.is_signed(message.replace(b"Hello", b"Hallo"), after)
    assert (await last_logged(mail)).sender == "billing@acme.example"
    # Passcodes go the same way.
    await mail.customer()
    await mail.visitor().ask(JENNY)
    await mail.send_letters()
    assert sender_in(mail.mailbox.raw[-1]) == "billing@acme.example"
    assert mail.is_signed(mail.mailbox.raw[-1], after)


@pytest.mark.parametrize("kind", ["spf", "dkim", "dmarc"])
async def test_two_records_are_not_enough(mail: MailWorld, kind: str) -> None:
    await mail.claim()
    await mail.publish()
    (name,) = [each.name for each in (await mail.sender()).findings if each.kind == kind]
    mail.names.withdraw(name)
    assert [each.state for each in (await mail.check()).findings].count("found") == 2
    assert sender_in(await mail.letter_arrives()) == OPERATORS


async def test_name_servers_that_do_not_answer_prove_nothing(mail: MailWorld) -> None:
    await mail.claim()
    await mail.publish()
    mail.names.failing.add("acme.example")
    assert [each.state for each in (await mail.check()).findings] == ["unanswered", "found", "found"]
    assert sender_in(await mail.letter_arrives()) == OPERATORS


async def test_another_side_cannot_claim_a_domain_with_the_first_ones_records(mail: MailWorld) -> None:
    """Trust.md B11: what is in the DNS of a domain proves it for the side whose key it holds, and for no other."""
    await mail.claim()
    await mail.publish()
    assert (await mail.check()).checks.verified_at is not None
    thief = mail.tenant.live.door
    await mail.claim("billing", "acme.example", thief)
    stolen = await mail.check(thief)
    assert [each.state for each in stolen.findings] == ["found", "missing", "found"]
    assert sender_in(await mail.letter_arrives(thief)) == OPERATORS
    own = await mail.sender()
    assert stolen.selector != own.selector
    # Not with the owner's key under the thief's selector either, as an alias would put it there.
    mail.names.publish_alias(f"{stolen.selector}._domainkey.acme.example", f"{own.selector}._domainkey.acme.example")
    assert [each.state for each in (await mail.check(thief)).findings] == ["found", "different", "found"]
    # Both may have it if its owner wants that.
    mail.names.withdraw(f"{stolen.selector}._domainkey.acme.example")
    await mail.publish(thief)
    shared = await mail.check(thief)
    assert mail.is_signed(await mail.letter_arrives(thief), shared)
    assert mail.is_signed(await mail.letter_arrives(), own)


async def test_after_three_days_without_its_records_it_is_let_go_and_comes_back_with_them(
    timed_mail: tuple[MailWorld, Clock],
) -> None:
    mail, time = timed_mail
    await mail.claim()
    await mail.publish()
    time.forward(minutes=59)
    await mail.work()
    assert sender_in(await mail.letter_arrives()) == OPERATORS
    time.forward(minutes=1)
    await mail.work()
    assert sender_in(await mail.letter_arrives()) == "billing@acme.example"
    own = await mail.sender()
    asked = len(mail.names.asked)
    time.forward(hours=23)
    await mail.work()
    assert len(mail.names.asked) == asked, "looked at daily"
    mail.names.withdraw(f"{own.selector}._domainkey.acme.example")
    time.forward(hours=1)
    await mail.work()
    assert (await mail.sender()).checks.failing_since == time.now
    for hours in (1, 23, 24, 23):
        time.forward(hours=hours)
        await mail.work()
        assert sender_in(await mail.letter_arrives()) == "billing@acme.example"
    time.forward(hours=1)
    assert sender_in(await mail.letter_arrives()) == OPERATORS, "even if no worker looks any more"
    await mail.work()
    assert (await mail.sender()).checks.standing(time.now) == "let_go"
    mail.names.publish(own.needed(()).dkim_name, f"v=DKIM1; k=rsa; p={own.public_key}")
    time.forward(days=1)
    await mail.work()
    assert sender_in(await mail.letter_arrives()) == "billing@acme.example"
    async with mail.site.tenancy.database.side(mail.door.tenant_id) as connection:
        told = await connection.execute(select(audit).where(audit.c.object == own.id).order_by(audit.c.number))
        history = [(row.action, row.actor, msgspec.json.decode(row.after)["standing"]) for row in told]
    assert history == [
        ("sender_set", "stf_1", "pending"),
        ("sender_checked", "worker", "in_use"),
        ("sender_checked", "worker", "failing"),
        ("sender_checked", "worker", "let_go"),
        ("sender_checked", "worker", "in_use"),
    ]


async def test_a_mail_server_that_refuses_the_sender_costs_no_letter(mail: MailWorld) -> None:
    await mail.claim()
    await mail.publish()
    await mail.check()
    mail.mailbox.sender_answers = ["553 5.7.1 Sender address rejected: not owned by user"]
    assert sender_in(await mail.letter_arrives()) == OPERATORS
    logged = await last_logged(mail)
    assert (logged.outcome, logged.sender, logged.attempts) == ("accepted", None, 2)
    own = await mail.sender()
    assert own.refused_at is not None
    assert "553" in own.refused_detail
    assert sender_in(await mail.letter_arrives()) == OPERATORS
    assert (await mail.check()).refused_at is None
    assert sender_in(await mail.letter_arrives()) == "billing@acme.example"


async def test_another_address_in_the_same_domain_needs_no_new_records(mail: MailWorld) -> None:
    await mail.claim("billing")
    await mail.publish()
    first = await mail.check()
    await mail.claim("Rechnung")
    assert sender_in(await mail.letter_arrives()) == "Rechnung@acme.example"
    second = await mail.sender()
    assert (second.selector, second.public_key) == (first.selector, first.public_key)
    await mail.claim("billing", "other.example")
    third = await mail.sender()
    assert third.selector != first.selector
    assert third.public_key != first.public_key
    assert third.findings == ()
    assert sender_in(await mail.letter_arrives()) == OPERATORS


async def test_two_who_claim_at_once_do_so_one_after_the_other(mail: MailWorld) -> None:
    keys = await sender_domains.new_key_pair()
    await asyncio.gather(*(mail.claim("billing", f"acme{number}.example", keys=keys) for number in range(4)))
    assert (await mail.sender()).domain in {f"acme{number}.example" for number in range(4)}
    (count,) = await mail.rows(text("SELECT count(*) FROM sender_domains"))
    assert count == (1,)


async def test_given_back_the_key_is_gone(mail: MailWorld) -> None:
    await mail.claim()
    await mail.publish()
    await mail.check()
    async with mail.site.tenancy.database.side(mail.door.tenant_id) as connection:
        await sender_domains.give_back(connection, mail.door.tenant_id, actor=STAFF, now=await clock(connection))
        assert (await connection.execute(select(rows))).all() == []
    assert sender_in(await mail.letter_arrives()) == OPERATORS


async def test_a_key_opens_nowhere_but_in_its_own_row(mail: MailWorld) -> None:
    """Trust.md B28, and what becomes of letters when a key is lost: they still arrive."""
    await mail.claim()
    await mail.publish()
    await mail.check()
    live = mail.tenant.live.door
    await mail.claim("billing", "acme.example", live)
    await mail.publish(live)
    await mail.check(live)
    (theirs,) = [row.key_sealed for row in await mail.rows(select(rows.c.key_sealed))]
    async with mail.site.tenancy.database.side(live.tenant_id) as connection:
        await connection.execute(rows.update().values(key_sealed=theirs))
    assert sender_in(await mail.letter_arrives(live)) == OPERATORS
    assert sender_in(await mail.letter_arrives()) == "billing@acme.example"
    async with mail.site.tenancy.database.side(mail.door.tenant_id) as connection:
        dumped = str((await connection.execute(text("SELECT * FROM sender_domains"))).all())
        await connection.execute(rows.update().values(id="snd_other"))
    assert "PRIVATE" not in dumped
    assert sender_in(await mail.letter_arrives()) == OPERATORS


async def test_a_mail_server_of_the_tenants_own_keeps_its_sender(mail: MailWorld) -> None:
    """The records name the operator's servers; through another one letters would not be believed."""
    await mail.claim()
    await mail.publish()
    await mail.check()
    settings = operators_settings(mail.site) | {"sender": "post@northbeam.example"}
    sealed = mail.site.tenancy.vault.seal_settings(settings, mail.door.tenant_id, "otp_email")
    async with mail.site.tenancy.database.side(mail.door.tenant_id) as connection:
        await connection.execute(
            tenant_plugins.update()
            .where(tenant_plugins.c.plugin == "otp_email")
            .values(settings_sealed=sealed, settings_version=2)
        )
    message = await mail.letter_arrives()
    assert sender_in(message) == "post@northbeam.example"
    assert b"DKIM-Signature" not in message


async def test_what_strangers_publish_is_kept_short(mail: MailWorld) -> None:
    await mail.claim()
    mail.names.publish("acme.example", *(f"v=spf1 {'x' * 3000} \x00 {number}" for number in range(15)))
    (spf, _, _) = (await mail.check()).findings
    assert spf.state == "different"
    assert len(spf.found) == 10
    assert max(map(len, spf.found)) == 1000
