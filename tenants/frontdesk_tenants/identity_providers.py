"""A tenant's own OpenID Connect provider, and who of its subjects is who on the team.

One person is (issuer, subject) and nothing else (ASVS 5.0 §6.8.1). The first time a subject comes, they are known by an
address that the provider vouches for: a member's, or that of somebody who is invited. Functions want a transaction of
the live side.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold, parse_address
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.secret import Secret
from frontdesk_tenants import invitations, people, staff
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.identities import Client, Identity
from frontdesk_tenants.staff import Member
from frontdesk_tenants.tables import identity_providers, staff_identities
from frontdesk_tenants.vault import Vault, place_of


class StoredProvider(Struct, frozen=True, kw_only=True):
    """A provider as it is stored."""

    id: str
    client: Client
    created: datetime


async def read(connection: AsyncConnection, vault: Vault, live: Door) -> StoredProvider | None:
    """The tenant's provider, or None."""
    row = (await connection.execute(select(identity_providers))).one_or_none()
    if row is None:
        return None
    place = place_of(identity_providers.c.secret_sealed, row.id)
    secret = vault.open(row.secret_sealed, live.tenant_id, place).decode()
    client = Client(issuer=row.issuer, client_id=row.client_id, client_secret=Secret(secret))
    return StoredProvider(id=row.id, client=client, created=row.created)


async def put(connection: AsyncConnection, vault: Vault, live: Door, client: Client, now: datetime) -> str:
    """Set the tenant's provider in place of the one before; returns its id. Subjects of the same issuer stay known."""
    await connection.execute(delete(identity_providers))
    id_ = IdSource(now)("idp")
    place = place_of(identity_providers.c.secret_sealed, id_)
    await connection.execute(
        insert(identity_providers).values(
            tenant_id=live.tenant_id,
            id=id_,
            issuer=client.issuer,
            client_id=client.client_id,
            secret_sealed=vault.seal(client.client_secret.reveal().encode(), live.tenant_id, place),
            created=now,
        )
    )
    return id_


async def remove(connection: AsyncConnection) -> bool:
    """Take the tenant's provider away. False where there is none."""
    return (await connection.execute(delete(identity_providers))).rowcount > 0


async def member_of(connection: AsyncConnection, live: Door, identity: Identity, now: datetime) -> Member | None:
    """Who on the team an identity is; somebody invited joins by it. None for everybody else."""
    known = await connection.scalar(
        select(staff_identities.c.staff).where(
            staff_identities.c.issuer == identity.issuer, staff_identities.c.subject == identity.subject
        )
    )
    if known is not None:
        return await staff.member(connection, known)
    member = await _by_address(connection, live, identity, now)
    if member is not None:
        await connection.execute(
            insert(staff_identities).values(
                tenant_id=live.tenant_id,
                issuer=identity.issuer,
                subject=identity.subject,
                staff=member.id,
                created=now,
            )
        )
    return member


async def _by_address(connection: AsyncConnection, live: Door, identity: Identity, now: datetime) -> Member | None:
    if identity.email is None:
        return None
    try:
        address = fold(parse_address(identity.email))
    except Refused:
        return None
    for member in await staff.members(connection):
        if member.address == address:
            return None if await _has_identity(connection, identity.issuer, member.id) else member
    for invitation in await invitations.pending(connection, now):
        if invitation.address == address and invitation.open:
            await enter_side(connection, HOUSE)
            person = await people.get_or_create(connection, address, now, name=identity.name)
            await enter_side(connection, live.tenant_id)
            await invitations.note_accepted(connection, invitation.id, now)
            return await staff.add_member(connection, live.tenant_id, person, invitation.role, now)
    return None


async def _has_identity(connection: AsyncConnection, issuer: str, member: str) -> bool:
    """Whether a member is another subject of the issuer: an address that went to somebody else opens nothing."""
    found = await connection.execute(
        select(staff_identities.c.subject).where(
            staff_identities.c.issuer == issuer, staff_identities.c.staff == member
        )
    )
    return found.first() is not None
