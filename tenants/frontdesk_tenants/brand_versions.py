"""How a side's look comes about: one draft, what was published when and by whom, and the way back to it.

The published look stands in `sides.brand`, where every page reads it. `brand_versions` keeps each look that was ever
published; going back publishes a former one anew, so the history only grows. Functions want a transaction of the side.
"""

import hashlib
import re
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Row, Select, delete, desc, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.branding import Brand, Look, PublicDetails
from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk_tenants import audit, uploaded_files
from frontdesk_tenants.page_versions import renew_pages
from frontdesk_tenants.paging import Page
from frontdesk_tenants.tables import brand_drafts, brand_versions, sides

PAGE = 10
_ID = re.compile(r"brv_[0-9A-Za-z]{22}", re.ASCII)


class Draft(Struct, frozen=True, kw_only=True):
    """A look that nobody outside sees yet. `by` is who saved it last, as in the audit: kind and id."""

    look: Look
    changed: datetime
    by: tuple[str, str]

    @property
    def mark(self) -> str:
        """Tells this state of the draft from any other, so that nobody publishes what they have not seen."""
        return mark_of(self.look)


class BrandVersion(Struct, frozen=True, kw_only=True):
    """A look that was published. `again` is the version that was gone back to, if it was that."""

    id: str
    look: Look
    published: datetime
    by: tuple[str, str]
    again: str | None = None


def mark_of(look: Look) -> str:
    """Sixteen hexadecimal digits that stand for a look."""
    return hashlib.sha256(msgspec.json.encode(look)).hexdigest()[:16]


# -- the draft --------------------------------------------------------------------------------------------------------


async def read_draft(connection: AsyncConnection) -> Draft | None:
    """The draft, if there is one that was not discarded."""
    row = (await connection.execute(select(brand_drafts).where(brand_drafts.c.discarded_at.is_(None)))).one_or_none()
    return None if row is None else Draft(look=row.look, changed=row.changed, by=(row.actor_kind, row.actor))


async def save_draft(
    connection: AsyncConnection, tenant_id: UUID, look: Look, actor: Actor, now: datetime, request_id: str | None = None
) -> None:
    """Keep a look as the draft, in the place of the one before."""
    before = await read_draft(connection)
    values = {"look": look, "changed": now, "actor_kind": actor.kind, "actor": actor.id, "discarded_at": None}
    await connection.execute(
        upsert(brand_drafts)
        .values(tenant_id=tenant_id, **values)
        .on_conflict_do_update(index_elements=["tenant_id"], set_=values)
    )
    await _note(connection, tenant_id, actor, "brand_draft_saved", before and before.look, look, now, request_id)


async def discard_draft(
    connection: AsyncConnection, tenant_id: UUID, actor: Actor, now: datetime, request_id: str | None = None
) -> bool:
    """Put the draft away; `restore_draft` brings it back. False where there is none."""
    return await _put_away(connection, tenant_id, actor, now, request_id, back=False)


async def restore_draft(
    connection: AsyncConnection, tenant_id: UUID, actor: Actor, now: datetime, request_id: str | None = None
) -> bool:
    """Take the draft back that was put away last. False where there is none."""
    return await _put_away(connection, tenant_id, actor, now, request_id, back=True)


async def _put_away(
    connection: AsyncConnection, tenant_id: UUID, actor: Actor, now: datetime, request_id: str | None, *, back: bool
) -> bool:
    discarded = brand_drafts.c.discarded_at
    changed = await connection.execute(
        update(brand_drafts)
        .where(discarded.is_not(None) if back else discarded.is_(None))
        .values(discarded_at=None if back else now)
        .returning(brand_drafts.c.look)
    )
    look = changed.scalar_one_or_none()
    if look is None:
        return False
    action = "brand_draft_restored" if back else "brand_draft_discarded"
    await _note(connection, tenant_id, actor, action, None if back else look, look if back else None, now, request_id)
    return True


# -- publishing -------------------------------------------------------------------------------------------------------


async def publish_draft(
    connection: AsyncConnection,
    tenant_id: UUID,
    mark: str,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> Literal["published", "changed", "missing"]:
    """Publish the draft that has this mark. "changed": somebody saved another one since; nothing is published."""
    draft = await read_draft(connection)
    if draft is None:
        return "missing"
    if draft.mark != mark:
        return "changed"
    await publish(connection, tenant_id, draft.look, actor, now, request_id)
    await connection.execute(delete(brand_drafts))
    return "published"


async def roll_back(
    connection: AsyncConnection, tenant_id: UUID, id_: str, actor: Actor, now: datetime, request_id: str | None = None
) -> bool:
    """Publish a former version again. The draft stays. False where there is no such version."""
    version = await read_version(connection, id_)
    if version is None:
        return False
    await publish(connection, tenant_id, version.look, actor, now, request_id, again=version.id)
    return True


async def publish(
    connection: AsyncConnection,
    tenant_id: UUID,
    look: Look,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
    again: str | None = None,
) -> None:
    """Give the side this look. Every page shows it at the next request. Does nothing where it has it already."""
    present = await _present(connection)
    if present.look == look:
        return
    await _keep_first(connection, tenant_id, present.look)
    await _add(connection, tenant_id, IdSource(now)("brv"), look, now, (actor.kind, actor.id), again)
    await _replace(connection, present.looking(look))
    await uploaded_files.name_pictures(connection, tenant_id, look, actor, now, request_id)
    await _note(connection, tenant_id, actor, "brand_published", present.look, look, now, request_id)


async def say(
    connection: AsyncConnection,
    tenant_id: UUID,
    details: PublicDetails,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Give the side these public details. Every page shows them at the next request."""
    present = await _present(connection)
    if present.details == details:
        return
    await _replace(connection, present.saying(details))
    await _note(connection, tenant_id, actor, "public_details_saved", present.details, details, now, request_id)


# -- reading ----------------------------------------------------------------------------------------------------------


async def read_version(connection: AsyncConnection, id_: str) -> BrandVersion | None:
    """A published look by its id; None for what is no id."""
    if not _ID.fullmatch(id_):
        return None
    row = (await connection.execute(select(brand_versions).where(brand_versions.c.id == id_))).one_or_none()
    return None if row is None else _version(row)


async def history(
    connection: AsyncConnection, after: BrandVersion | None = None, limit: int = PAGE
) -> Page[BrandVersion]:
    """What was published, newest first; `after` is the version that the page before ended with."""
    question = _newest().limit(limit + 1)
    if after is not None:
        place = tuple_(brand_versions.c.published, brand_versions.c.id)
        question = question.where(place < tuple_(after.published, after.id))
    found = tuple(_version(row) for row in await connection.execute(question))
    return Page(found[:limit], len(found) > limit)


async def was_public(connection: AsyncConnection, file: str) -> bool:
    """Whether an image was ever part of a published look: letters that were sent then still show it."""
    images = (func.json_extract_path_text(brand_versions.c.look, field) for field in ("icon_file", "logo_file"))
    named = or_(*(image == file for image in images))
    return (await connection.execute(select(brand_versions.c.id).where(named).limit(1))).first() is not None


async def _present(connection: AsyncConnection) -> Brand:
    """The side's brand, locked until the transaction ends, so that two who publish follow each other."""
    brand: Brand = (await connection.execute(select(sides.c.brand).with_for_update())).scalar_one()
    return brand


async def _replace(connection: AsyncConnection, brand: Brand) -> None:
    await renew_pages(connection, brand=brand, name=brand.business_name)


async def _keep_first(connection: AsyncConnection, tenant_id: UUID, look: Look) -> None:
    """The look that a side was born with is published by nobody, and can be gone back to all the same."""
    if (await connection.execute(select(brand_versions.c.id).limit(1))).first() is None:
        born = (await connection.execute(select(sides.c.created))).scalar_one()
        await _add(connection, tenant_id, IdSource(born)("brv"), look, born, ("system", ""), None)


async def _add(
    connection: AsyncConnection,
    tenant_id: UUID,
    id_: str,
    look: Look,
    now: datetime,
    by: tuple[str, str],
    again: str | None,
) -> None:
    await connection.execute(
        insert(brand_versions).values(
            tenant_id=tenant_id, id=id_, look=look, published=now, actor_kind=by[0], actor=by[1], again=again
        )
    )


async def _note(
    connection: AsyncConnection,
    tenant_id: UUID,
    actor: Actor,
    action: str,
    before: Any,
    after: Any,
    now: datetime,
    request_id: str | None,
) -> None:
    await audit.record(
        connection,
        tenant_id,
        actor=actor,
        action=action,
        object_id="brand",
        now=now,
        before=before,
        after=after,
        request_id=request_id,
    )


def _newest() -> Select[Any]:
    return select(brand_versions).order_by(desc(brand_versions.c.published), desc(brand_versions.c.id))


def _version(row: Row[Any]) -> BrandVersion:
    return BrandVersion(
        id=row.id, look=row.look, published=row.published, by=(row.actor_kind, row.actor), again=row.again
    )
