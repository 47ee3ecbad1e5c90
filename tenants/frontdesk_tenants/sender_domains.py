"""A side's sender of mail in a domain of its own: claimed, looked at in the DNS, used, given back.

The rules are `frontdesk.sender_domains`. The private key lies sealed and bound to its row; it is opened for each letter
that is signed with it.
"""

import asyncio
import base64
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import sender_domains as rules
from frontdesk.channels import DkimKey
from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk.mail_records import Finding, Needed
from frontdesk.secret import Secret
from frontdesk.sender_domains import Checks
from frontdesk_tenants import audit
from frontdesk_tenants.database import clock
from frontdesk_tenants.registered_domains import registered_domain
from frontdesk_tenants.tables import sender_domains, sides
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.vault import SecretUnreadable, Vault, place_of

if TYPE_CHECKING:
    from frontdesk_tenants.name_servers import NameServers

CHECK = "check_sender_domain"
"""The job that looks at a domain again; its row id is the domain's id."""
KEY_BITS = 2048
"""What RFC 8301 §3.2 asks for, and the most that fits into every provider's TXT field."""
SHOWN_TEXTS, SHOWN_LENGTH = 10, 1000
"""How much of what strangers publish is kept to be shown."""
WORKER = Actor(kind="scheduler", id="worker")
log = logging.getLogger("frontdesk.mail")


class KeyPair(Struct, frozen=True, kw_only=True):
    """`private` is PKCS #8 in PEM form; `public` is base64 of the SubjectPublicKeyInfo, as DKIM publishes it."""

    private: Secret
    public: str


class SenderDomain(Struct, frozen=True, kw_only=True):
    """A side's own sender. `findings` are of the last look, at `checked_at`; empty before the first.

    `refused_at` is when the operator's mail server would not take a letter from the address; letters come from the
    operator's own until the domain is looked at again.
    """

    id: str
    domain: str
    local_part: str
    selector: str
    public_key: str
    checks: Checks
    findings: tuple[Finding, ...]
    checked_at: datetime | None
    refused_at: datetime | None
    refused_detail: str

    @property
    def address(self) -> str:
        """The address that letters come from."""
        return f"{self.local_part}@{self.domain}"

    def used(self, now: datetime) -> bool:
        """Whether letters come from it now."""
        return self.refused_at is None and self.checks.used(now)

    def needed(self, spf: tuple[str, ...]) -> Needed:
        """What its DNS must say. `spf` are the operator's mechanisms."""
        return Needed(
            domain=self.domain,
            selector=self.selector,
            public_key=self.public_key,
            spf=spf,
            organisation=registered_domain(self.domain) or self.domain,
        )


class Sender(Struct, frozen=True, kw_only=True):
    """Whom a letter comes from, and what it is signed with."""

    domain: str
    address: str
    dkim: DkimKey


async def new_key_pair() -> KeyPair:
    """A key pair for one side and one domain. Takes a few tenths of a second, in a thread of its own."""
    return await asyncio.to_thread(_new_key_pair)


async def read(connection: AsyncConnection, *, lock: bool = False) -> SenderDomain | None:
    """The side's own sender, or None."""
    question = select(sender_domains)
    row = (await connection.execute(question.with_for_update() if lock else question)).one_or_none()
    return None if row is None else _sender_domain(row)


async def claim(
    connection: AsyncConnection,
    vault: Vault,
    tenant_id: UUID,
    *,
    local_part: str,
    domain: str,
    keys: KeyPair,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> SenderDomain:
    """Make an address the side's own sender, instead of the one it had. It is used once its records are found.

    Within the same domain only the address changes: key, records and what is known of them stay.
    """
    # The side is locked, since before the first claim there is no row to lock.
    await connection.execute(select(sides.c.tenant_id).with_for_update())
    former = await read(connection, lock=True)
    if former is not None and former.domain == domain:
        await connection.execute(
            update(sender_domains)
            .where(sender_domains.c.id == former.id)
            .values(local_part=local_part, refused_at=None)
        )
    else:
        await connection.execute(delete(sender_domains))
        id_, checks = IdSource(now)("snd"), Checks(added=now)
        await connection.execute(
            insert(sender_domains).values(
                tenant_id=tenant_id,
                id=id_,
                domain=domain,
                local_part=local_part,
                selector=rules.new_selector(),
                public_key=keys.public,
                key_sealed=vault.seal(keys.private.reveal().encode(), tenant_id, _place(id_)),
                checks=checks,
                findings=(),
                next_check=checks.next_check(now),
                refused_detail="",
            )
        )
    made = await read(connection)
    assert made is not None
    await _record(connection, tenant_id, "sender_set", former, made, actor, now, request_id)
    return made


async def give_back(
    connection: AsyncConnection, tenant_id: UUID, *, actor: Actor, now: datetime, request_id: str | None = None
) -> None:
    """Let letters come from the operator's sender again, and destroy the key. Does nothing where there is none."""
    former = await read(connection, lock=True)
    if former is not None:
        await connection.execute(delete(sender_domains))
        await _record(connection, tenant_id, "sender_removed", former, None, actor, now, request_id)


async def check(
    tenancy: Tenancy,
    tenant_id: UUID,
    id_: str,
    names: "NameServers",
    spf: tuple[str, ...],
    actor: Actor = WORKER,
    request_id: str | None = None,
) -> SenderDomain | None:
    """Look at a domain of the side in the DNS now and keep what was found; None where there is none (any more).

    No transaction is open meanwhile. What was found of a domain that was replaced meanwhile is forgotten.
    """
    async with tenancy.database.side(tenant_id) as connection:
        present = await read(connection)
    if present is None or present.id != id_:
        return None
    needed = present.needed(spf)
    findings = rules.judge(needed, await names.texts(needed.names))
    async with tenancy.database.side(tenant_id) as connection:
        now = await clock(connection)
        former = await read(connection, lock=True)
        if former is None or former.id != id_:
            return None
        checks = former.checks.after(rules.passed(findings), now)
        await connection.execute(
            update(sender_domains)
            .where(sender_domains.c.id == id_)
            .values(
                checks=checks,
                findings=tuple(_shown(each) for each in findings),
                checked_at=now,
                next_check=checks.next_check(now),
                refused_at=None,
                refused_detail="",
            )
        )
        changed = await read(connection)
        assert changed is not None
        if former.checks.standing(former.checked_at or now) != checks.standing(now):
            await _record(connection, tenant_id, "sender_checked", former, changed, actor, now, request_id)
    return changed


async def take_due(connection: AsyncConnection, now: datetime) -> tuple[str, ...]:
    """The ids of the side's domains that are to be looked at again, each given out once per look."""
    rows = await connection.execute(select(sender_domains).where(sender_domains.c.next_check <= now).with_for_update())
    due = [_sender_domain(row) for row in rows]
    for each in due:
        await connection.execute(
            update(sender_domains).where(sender_domains.c.id == each.id).values(next_check=each.checks.next_check(now))
        )
    return tuple(each.id for each in due)


async def sender_of(connection: AsyncConnection, vault: Vault, tenant_id: UUID, now: datetime) -> Sender | None:
    """Whom the side's letters come from now; None for the operator's sender."""
    row = (await connection.execute(select(sender_domains))).one_or_none()
    if row is None:
        return None
    own = _sender_domain(row)
    if not own.used(now):
        return None
    try:
        private = vault.open(row.key_sealed, tenant_id, _place(own.id)).decode()
    except SecretUnreadable:
        # A letter without a signature would be refused everywhere; from the operator it still arrives.
        log.error("the key of a sender domain cannot be opened", extra={"tenant": str(tenant_id), "domain": own.id})
        return None
    key = DkimKey(domain=own.domain, selector=own.selector, private_key=Secret(private))
    return Sender(domain=own.id, address=own.address, dkim=key)


async def note_refused(connection: AsyncConnection, id_: str, detail: str, now: datetime) -> None:
    """Note that the operator's mail server takes no letters from the side's own sender."""
    await connection.execute(
        update(sender_domains).where(sender_domains.c.id == id_).values(refused_at=now, refused_detail=detail)
    )


def _new_key_pair() -> KeyPair:
    # Loaded where it is wanted: most processes never make a key, and RSA takes two megabytes.
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(private=Secret(pem), public=base64.b64encode(public).decode())


async def _record(
    connection: AsyncConnection,
    tenant_id: UUID,
    action: str,
    before: SenderDomain | None,
    after: SenderDomain | None,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> None:
    present = after or before
    assert present is not None
    await audit.record(
        connection,
        tenant_id,
        actor=actor,
        action=action,
        object_id=present.id,
        now=now,
        before=_told(before, now if before is None else before.checked_at or now),
        after=_told(after, now),
        request_id=request_id,
    )


def _told(own: SenderDomain | None, at: datetime) -> dict[str, Any] | None:
    """What the audit says of a sender: no key."""
    if own is None:
        return None
    return {"sender": own.address, "selector": own.selector, "standing": own.checks.standing(at)}


def _shown(finding: Finding) -> Finding:
    found = tuple(_tame(each) for each in finding.found[:SHOWN_TEXTS])
    return replace(finding, found=found, publish=_tame(finding.publish))


def _tame(text: str) -> str:
    """A text of strangers as it can be shown: short, and without control characters."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text[:SHOWN_LENGTH])


def _place(id_: str) -> str:
    return place_of(sender_domains.c.key_sealed, id_)


def _sender_domain(row: Row[Any]) -> SenderDomain:
    return SenderDomain(
        id=row.id,
        domain=row.domain,
        local_part=row.local_part,
        selector=row.selector,
        public_key=row.public_key,
        checks=row.checks,
        findings=row.findings,
        checked_at=row.checked_at,
        refused_at=row.refused_at,
        refused_detail=row.refused_detail,
    )
