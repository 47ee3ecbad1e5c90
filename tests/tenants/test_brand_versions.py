"""The look of a side: drafted by one, published by another, gone back to, and never another side's business."""

from sides import Tenant
from sqlalchemy import select

from frontdesk.branding import Brand, Font, Look, PublicDetails
from frontdesk.desk import Actor
from frontdesk_tenants import brand_versions, provisioning
from frontdesk_tenants.brand_versions import BrandVersion, Draft, mark_of
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.tables import audit
from frontdesk_tenants.tenancy import Tenancy

ANNA, BERT = Actor(kind="staff", id="stf_anna"), Actor(kind="staff", id="stf_bert")
GREEN, RED = Look(accent="#116633", font=Font.LORA), Look(accent="#aa2222", logo_file="ab" * 32)


async def draft(tenancy: Tenancy, door: Door, look: Look, actor: Actor = ANNA) -> None:
    async with tenancy.database.side(door.tenant_id) as connection:
        await brand_versions.save_draft(connection, door.tenant_id, look, actor, await clock(connection))


async def publish(tenancy: Tenancy, door: Door, look: Look, actor: Actor = ANNA) -> str:
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        return await brand_versions.publish_draft(connection, door.tenant_id, mark_of(look), actor, now)


async def history(tenancy: Tenancy, door: Door) -> tuple[BrandVersion, ...]:
    async with tenancy.at(door) as (connection, _):
        return (await brand_versions.history(connection)).items


async def brand(tenancy: Tenancy, door: Door) -> tuple[Brand, Draft | None, int]:
    async with tenancy.at(door) as (connection, side):
        return side.brand, await brand_versions.read_draft(connection), side.page_version


async def test_a_draft_changes_nothing_until_it_is_published(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    born, none, version = await brand(tenancy, door)
    assert none is None
    await draft(tenancy, door, GREEN)
    await draft(tenancy, door, RED, BERT)
    shown, kept, same = await brand(tenancy, door)
    assert (shown, same) == (born, version)
    assert kept is not None
    assert (kept.look, kept.by) == (RED, ("staff", "stf_bert"))
    assert await publish(tenancy, door, RED) == "published"
    shown, gone, later = await brand(tenancy, door)
    assert (shown.look, shown.details, gone) == (RED, born.details, None)
    assert later > version


async def test_nobody_publishes_what_they_have_not_seen(tenancy: Tenancy, tenant: Tenant) -> None:
    born, _, _ = await brand(tenancy, tenant.door)
    await draft(tenancy, tenant.door, GREEN)
    await draft(tenancy, tenant.door, RED, BERT)
    assert await publish(tenancy, tenant.door, GREEN) == "changed"
    assert (await brand(tenancy, tenant.door))[0] == born
    assert await publish(tenancy, tenant.live.door, RED) == "missing"


async def test_every_published_look_can_be_gone_back_to(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    born, _, _ = await brand(tenancy, door)
    for look, actor in ((GREEN, ANNA), (RED, BERT)):
        await draft(tenancy, door, look)
        await publish(tenancy, door, look, actor)
    red, green, first = await history(tenancy, door)
    assert [each.look for each in (red, green, first)] == [RED, GREEN, born.look]
    assert [each.by for each in (red, green, first)] == [("staff", "stf_bert"), ("staff", "stf_anna"), ("system", "")]
    assert red.published > green.published > first.published
    await draft(tenancy, door, GREEN)
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        assert await brand_versions.roll_back(connection, door.tenant_id, first.id, BERT, now)
        assert not await brand_versions.roll_back(connection, door.tenant_id, "brv_nothing", BERT, now)
    shown, kept, _ = await brand(tenancy, door)
    assert shown == born
    assert kept is not None
    newest = (await history(tenancy, door))[0]
    assert (newest.look, newest.again, newest.by) == (born.look, first.id, ("staff", "stf_bert"))


async def test_publishing_what_is_shown_already_adds_nothing(tenancy: Tenancy, tenant: Tenant) -> None:
    born, _, version = await brand(tenancy, tenant.door)
    await draft(tenancy, tenant.door, born.look)
    assert await publish(tenancy, tenant.door, born.look) == "published"
    assert await history(tenancy, tenant.door) == ()
    assert (await brand(tenancy, tenant.door))[1:] == (None, version)


async def test_a_discarded_draft_can_be_taken_back(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    await draft(tenancy, door, GREEN)
    async with tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        assert await brand_versions.discard_draft(connection, door.tenant_id, ANNA, now)
        assert await brand_versions.read_draft(connection) is None
        assert not await brand_versions.discard_draft(connection, door.tenant_id, ANNA, now)
        assert await brand_versions.restore_draft(connection, door.tenant_id, ANNA, now)
        kept = await brand_versions.read_draft(connection)
        assert kept is not None
        assert kept.look == GREEN
        assert not await brand_versions.restore_draft(connection, door.tenant_id, ANNA, now)


async def test_the_history_is_read_in_pages(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    for number in range(5):
        await provisioning.brand_side(tenancy, door, Brand(business_name="Acme", accent=f"#00000{number}"))
    async with tenancy.at(door) as (connection, _):
        first = await brand_versions.history(connection, limit=4)
        rest = await brand_versions.history(connection, first.items[-1], limit=4)
    assert (first.has_more, rest.has_more) == (True, False)
    assert [each.look.accent for each in (*first.items, *rest.items)] == [
        *(f"#00000{number}" for number in reversed(range(5))),
        Look().accent,
    ]


async def test_details_are_said_beside_the_look(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    await draft(tenancy, door, GREEN)
    details = PublicDetails(business_name="Acme Tools", website="https://acme.example")
    async with tenancy.database.side(door.tenant_id) as connection:
        await brand_versions.say(connection, door.tenant_id, details, ANNA, await clock(connection))
    await publish(tenancy, door, GREEN)
    async with tenancy.at(door) as (_, side):
        assert (side.name, side.brand.details, side.brand.look) == ("Acme Tools", details, GREEN)


async def test_images_of_former_looks_stay_public(tenancy: Tenancy, tenant: Tenant) -> None:
    door, image = tenant.door, "ab" * 32
    await draft(tenancy, door, RED)
    async with tenancy.at(door) as (connection, _):
        assert not await brand_versions.was_public(connection, image)
    await publish(tenancy, door, RED)
    await draft(tenancy, door, GREEN)
    await publish(tenancy, door, GREEN)
    async with tenancy.at(door) as (connection, _):
        assert await brand_versions.was_public(connection, image)
        assert not await brand_versions.was_public(connection, "cd" * 32)


async def test_another_side_has_a_look_of_its_own(tenancy: Tenancy, tenant: Tenant) -> None:
    await draft(tenancy, tenant.door, GREEN)
    await publish(tenancy, tenant.door, GREEN)
    await draft(tenancy, tenant.door, RED)
    (newest, *_) = await history(tenancy, tenant.door)
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        assert await brand_versions.read_draft(connection) is None
        assert await brand_versions.read_version(connection, newest.id) is None
        assert (await brand_versions.history(connection)).items == ()


async def test_everything_is_in_the_audit(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.door
    await draft(tenancy, door, GREEN)
    await publish(tenancy, door, GREEN, BERT)
    async with tenancy.at(door) as (connection, _):
        rows = await connection.execute(
            select(audit.c.action, audit.c.actor).where(audit.c.object == "brand").order_by(audit.c.number)
        )
        assert [tuple(row) for row in rows] == [
            ("brand_draft_saved", "stf_anna"),
            ("brand_published", "stf_bert"),
        ]
