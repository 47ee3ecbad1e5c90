"""Staff make what they sell: a product with its first price, its picture and tax code, and more prices later."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hired import Hired, StaffBrowser, hire
from pictures import REFUSED, exif, jpeg, opened, png, saved
from PIL import Image
from portal_browser import PortalBrowser
from portal_shop import open_shop
from sides import API, Tenant
from sites import RunningSite
from sqlalchemy import func, select

from frontdesk.book import MarketingFeature, Price, Product, Recurring, Tier
from frontdesk.meters import Meter
from frontdesk.roles import Role
from frontdesk.starting_points import StartingPoint
from frontdesk_tenants import listings, meters, provisioning
from frontdesk_tenants.directory import Door
from frontdesk_tenants.product_lists import ProductInUse, read_product
from frontdesk_tenants.provisioning import NewTenant
from frontdesk_tenants.tables import audit, products
from frontdesk_tenants.tenancy import Tenancy

PICTURE = ("photo.jpg", jpeg(), "image/jpeg")


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    """The owner."""
    return await hire(tenancy, tenant.live.door)


@pytest.fixture
def door(tenant: Tenant) -> Door:
    """The live side."""
    return tenant.live.door


async def only(tenancy: Tenancy, door: Door) -> ProductInUse:
    """The one product that there is."""
    async with tenancy.database.side(door.tenant_id) as connection:
        (id_,) = await connection.scalars(select(products.c.id).where(products.c.deleted.is_(False)))
        found = await read_product(connection, id_)
    assert found is not None
    return found


async def stored(tenancy: Tenancy, door: Door, id_: str) -> Product:
    async with tenancy.database.side(door.tenant_id) as connection:
        return await listings.find(connection, "product", id_)


async def many(tenancy: Tenancy, door: Door) -> int:
    async with tenancy.database.side(door.tenant_id) as connection:
        return (await connection.execute(select(func.count()).select_from(products))).scalar_one()


async def audited(tenancy: Tenancy, door: Door) -> list[tuple[str, str]]:
    """Who did what of the catalogue."""
    async with tenancy.database.side(door.tenant_id) as connection:
        rows = await connection.execute(select(audit.c.actor, audit.c.action).where(audit.c.action.like("%Pr%")))
        return sorted((row.actor, row.action) for row in rows)


def hidden(page: str, name: str) -> str:
    """A field's value as the form has it."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def plain(**fields: str) -> dict[str, str]:
    """A form with the least that is needed."""
    return {"name": "Team", "amount": "12.00", "currency": "eur", **fields}


async def add(staff: StaffBrowser, **fields: str) -> str:
    """A product by the form; returns its id."""
    page = await staff.get("/products/new")
    await staff.post("/products/new", **plain(id=hidden(page.text, "id"), **fields))
    assert staff.page.status_code == 303, staff.text
    return str(staff.page.headers["location"]).partition("?")[0].rpartition("/")[2]


# -- making one -------------------------------------------------------------------------------------------------------


async def test_a_product_with_everything(plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        assert "Add what you sell" in (await staff.get("/products")).text
        page = await staff.get("/products/new")
        fields = {
            "id": hidden(page.text, "id"),
            "name": "  Yoga on Mondays ",
            "description": "Ten evenings.\r\nMats are there.",
            "unit_label": "member",
            "features": "Mats for free\r\n\r\n Tea afterwards ",
            "tax_code": "on-demand online courses - written",
            "statement_descriptor": "Yoga Mondays",
            "amount": "1.200,50 €",
            "currency": "eur",
            "billing": "recurring",
            "interval": "custom",
            "interval_count": "18",
            "interval_unit": "month",
            "tax_behavior": "inclusive",
        }
        await staff.upload("/products/new", {"image": PICTURE}, **fields)
        shown = (await staff.follow()).text
    found = await only(tenancy, door)
    product, price = found.product, found.prices[0].price
    assert product == Product(
        id=fields["id"],
        name="Yoga on Mondays",
        description="Ten evenings.\nMats are there.",
        unit_label="member",
        marketing_features=(MarketingFeature("Mats for free"), MarketingFeature("Tea afterwards")),
        tax_code="txcd_20060358",
        statement_descriptor="Yoga Mondays",
        images=product.images,
        default_price=price.id,
        created=product.created,
        updated=product.updated,
        version=2,
    )
    assert price == Price(
        id=price.id,
        product=product.id,
        currency="eur",
        unit_amount=Decimal(120050),
        recurring=Recurring(interval="month", interval_count=18),
        tax_behavior="inclusive",
        created=price.created,
    )
    assert "The product is added" in shown
    assert "€1,200.50 per member, every 18 months" in shown
    assert "YOGA MONDAYS" in shown
    assert "On-demand online courses - written material (txcd_20060358)" in shown
    (url,) = product.images
    async with plain_site.client() as client:
        picture = await client.get(url.removeprefix(plain_site.config.base_url))
    assert (picture.headers["content-type"], opened(picture.content).size) == ("image/jpeg", (320, 240))
    assert await audited(tenancy, door) == [
        (robin.member.id, "CreatePrice"),
        (robin.member.id, "CreateProduct"),
        (robin.member.id, "UpdateProduct"),
    ]


async def test_a_form_that_is_sent_twice_makes_one_product(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        id_ = hidden((await staff.get("/products/new")).text, "id")
        csrf = staff.csrf
        for _ in range(2):
            await staff.post("/products/new", **plain(id=id_, csrf=csrf))
            assert staff.page.status_code == 303
            assert f"/products/{id_}" in staff.page.headers["location"]
        await staff.post("/products/new", **plain(id="prod_of_my_own", csrf=csrf))
        assert staff.page.status_code == 303
    assert await many(tenancy, door) == 2


@pytest.mark.parametrize(
    ("point", "unit", "once"),
    [
        (StartingPoint.SEATS, "Platz", False),
        (StartingPoint.MEMBERSHIP, "", False),
        (StartingPoint.ONE_OFF, "", True),
    ],
)
async def test_the_starting_point_is_suggested(
    plain_site: RunningSite, tenancy: Tenancy, point: StartingPoint, unit: str, once: bool
) -> None:
    live, _ = await provisioning.create_tenant(
        tenancy,
        NewTenant(
            slug=f"start-{point}".replace("_", "-"), name="Start", currency="chf", locale="de", starting_point=point
        ),
    )
    robin = await hire(tenancy, live.door)
    async with StaffBrowser(plain_site, live.door, robin.secret) as staff:
        page = (await staff.get("/products/new")).text
    assert hidden(page, "unit_label") == unit
    assert ('id="billing-once" value="once" checked' in page) == once
    assert '<option value="chf" selected>' in page


async def test_mistakes_are_said_at_their_fields_and_nothing_is_lost(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    """Even a picture that was chosen stays chosen."""
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        page = await staff.get("/products/new")
        fields = plain(
            id=hidden(page.text, "id"), amount="1,200", description="typed", currency="eur", interval="custom"
        )
        fields |= {"interval_count": "0x", "statement_descriptor": "<1>", "tax_code": "software", "name": " "}
        answer = await staff.upload("/products/new?lang=de", {"image": PICTURE}, **fields)
        assert answer.status_code == 400
        text = staff.text
        for sentence in (
            "Geben Sie dem Produkt einen Namen.",
            "Das könnte 1.200,00 € oder 1,20 € sein.",
            "Geben Sie eine ganze Zahl ab 1 ein.",
            "Mehrere Steuercodes passen.",
            "Software as a service (SaaS) - business use",
        ):
            assert sentence in text, sentence
        assert ">typed</textarea>" in staff.html
        picture = hidden(staff.html, "picture")
        assert picture.endswith(".jpg")
        assert await many(tenancy, door) == 0
        fields |= {"name": "Mended", "amount": "1200", "interval": "year-1", "statement_descriptor": "MENDED"}
        await staff.post("/products/new", **fields, picture=picture, tax_code_pick="txcd_10103001")
        assert staff.page.status_code == 303, staff.text
    found = await only(tenancy, door)
    assert found.product.images[0].endswith(picture)
    assert found.product.tax_code == "txcd_10103001"
    assert found.prices[0].price.unit_amount == 120000


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("statement_descriptor", "1234", "at least one letter from A to Z"),
        ("statement_descriptor", "ÜÄÖ", "at least one letter from A to Z"),
        ("statement_descriptor", 'TEAM "A"', "quotation marks, backslashes and angle brackets"),
        ("statement_descriptor", "A" * 23, "at most 22 characters"),
        ("unit_label", "a" * 13, "at most 12 characters"),
        ("name", "a" * 5001, "at most 5000 characters"),
        ("features", "x\n" * 16, "at most 15 features"),
        ("features", "x" * 81, "at most 15 features"),
        ("amount", "twelve", "Enter an amount, such as 12.00."),
        ("amount", "99999999999999", "too large"),
        ("amount", "0.00000000000000001", "at most 12 decimals"),
        ("currency", "xxx", "Choose a currency"),
        ("tax_code", "zebra", "no tax code with these words"),
        ("tax_code", "txcd_00009999", "no tax code with these words"),
    ],
)
async def test_every_rule_has_a_sentence(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired, field: str, value: str, sentence: str
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        page = await staff.get("/products/new")
        await staff.post("/products/new", **plain(id=hidden(page.text, "id")) | {field: value})
        assert staff.page.status_code == 400
        assert sentence in staff.text
        assert f'id="{field}-error"' in staff.html
    assert await many(tenancy, door) == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"interval_count": "37", "interval_unit": "month"}, "At most three years"),
        ({"interval_count": "0"}, "1 or more"),
        ({"interval_count": "-1"}, "1 or more"),
        ({"interval_count": "1.5"}, "1 or more"),
        ({"interval_count": "2", "interval_unit": "decade"}, "1 or more"),
    ],
)
async def test_intervals_up_to_three_years(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired, fields: dict[str, str], sentence: str
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        await staff.get("/products/new")
        await staff.post("/products/new", **plain(interval="custom", **fields))
        assert staff.page.status_code == 400
        assert sentence in staff.text
    assert await many(tenancy, door) == 0


async def test_a_price_that_is_paid_once(plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        await add(staff, billing="once", interval="custom", interval_count="nonsense")
        assert "€12.00 once" in (await staff.follow()).text
    assert (await only(tenancy, door)).prices[0].price.recurring is None


# -- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["an SVG with a script", "a PNG bomb", "a GIF", "a PNG that moves", "half a JPEG"])
async def test_what_is_no_picture_is_refused_on_the_page(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired, name: str
) -> None:
    make, word = REFUSED[name]
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        await staff.get("/products/new")
        answer = await staff.upload("/products/new", {"image": ("x.png", make(), "image/png")}, **plain())
        assert answer.status_code == 400
        assert word in staff.text
    assert await many(tenancy, door) == 0


async def test_a_picture_over_two_megabytes_is_413_and_the_form_is_kept(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    heavy = saved(Image.effect_noise((2000, 2000), 90), "PNG", compress_level=0)
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        await staff.get("/products/new")
        answer = await staff.upload("/products/new", {"image": ("x.png", heavy, "image/png")}, **plain(name="Kept"))
        assert answer.status_code == 413
        assert "larger than 2 MB" in staff.text
        assert hidden(staff.html, "name") == "Kept"
        told = await staff.upload("/products/new/picture", {"image": ("x.png", heavy, "image/png")})
        assert (told.status_code, told.json()["error"][:26]) == (413, "This file is larger than 2")


async def test_a_picture_is_judged_as_soon_as_it_is_chosen(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        csrf = hidden((await staff.get("/products/new")).text, "csrf")
        told = (
            await staff.upload("/products/new/picture", {"image": ("x", jpeg(exif=exif(6)), "x/y")}, csrf=csrf)
        ).json()
        assert told["error"] == ""
        assert told["url"] == f"/images/{door.public_id}/small/{told['name']}"
        bad = await staff.upload("/products/new/picture", {"image": ("x.png", b"<svg>", "image/png")}, csrf=csrf)
        assert (bad.status_code, "SVG" in bad.json()["error"]) == (400, True)
        forged = await staff.upload("/products/new/picture", {"image": PICTURE}, csrf="x")
        assert forged.status_code == 403
        await add(staff, picture=told["name"])
    assert (await only(tenancy, door)).product.images[0].endswith(told["name"])


async def test_nobody_names_a_picture_of_another_side(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, door: Door, robin: Hired
) -> None:
    """Nor what is no picture at all."""
    async with StaffBrowser(plain_site, tenant.sandbox.door, robin.secret) as staff:
        csrf = hidden((await staff.get("/products/new")).text, "csrf")
        theirs = (await staff.upload("/products/new/picture", {"image": PICTURE}, csrf=csrf)).json()["name"]
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        for name in (theirs, theirs.replace(".jpg", ".png"), "x.png", "../" + theirs):
            await add(staff, picture=name)
    async with tenancy.database.side(door.tenant_id) as connection:
        for product in await connection.scalars(select(products.c.body)):
            assert product.images == ()


async def test_a_picture_is_replaced_and_removed_and_those_of_the_program_stay(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, tenant: Tenant, robin: Hired
) -> None:
    foreign = "https://cdn.example.com/desk.png"
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        id_ = await add(staff)
        async with plain_site.client(Authorization=f"Bearer {tenant.live.secret_key.reveal()}") as client:
            set_ = await client.post(f"/v1/products/{id_}", data={"images[0]": foreign})
            assert set_.status_code == 200, set_.text
        assert "at another address" in (await staff.get(f"/products/{id_}")).text
        assert foreign not in staff.html
        for picture in (PICTURE, ("b.png", png(), "image/png")):
            await staff.get(f"/products/{id_}/edit")
            await staff.upload(f"/products/{id_}/edit", {"image": picture}, name="Team")
            assert staff.page.status_code == 303, staff.text
            images = (await stored(tenancy, door, id_)).images
            assert (len(images), images[1]) == (2, foreign)
        assert images[0].endswith(".png")
        page = await staff.get(f"/products/{id_}/edit")
        await staff.post(f"/products/{id_}/edit", name="Team", picture=hidden(page.text, "picture"))
        assert (await stored(tenancy, door, id_)).images == images
        await staff.get(f"/products/{id_}/edit")
        await staff.post(
            f"/products/{id_}/edit", name="Team", picture=images[0].rpartition("/")[2], remove_picture="on"
        )
        assert (await stored(tenancy, door, id_)).images == (foreign,)


# -- looking at them --------------------------------------------------------------------------------------------------


async def test_the_list_is_searched_and_paged(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        ids = [await add(staff, name=f"Course {number}") for number in range(27)]
        await staff.get(f"/products/{ids[0]}")
        await staff.post(f"/products/{ids[0]}/archive")
        await staff.get("/products")
        assert "Course 26" in staff.text
        assert "Course 0" not in staff.text
        older = re.search(r'href="([^"]+older=[^"]+)"', staff.html)
        assert older is not None
        await staff.get(older[1])
        assert "Course 1 " in staff.text
        assert "Course 26" not in staff.text
        newer = re.search(r'href="([^"]+newer=[^"]+)"', staff.html)
        assert newer is not None
        assert "Course 26" in (await staff.get(newer[1])).text
        assert "Course 0" in (await staff.get("/products?show=archived")).text
        assert "Nothing found" in (await staff.get("/products?q=nothing")).text
        assert "Course 13" in (await staff.get("/products?q=course+13")).text
        for pasted in (ids[3], f" {ids[3]} "):
            assert "Course 3" in (await staff.get(f"/products?q={pasted}")).text
        price = (await read_price(tenancy, door, ids[5])).id
        assert (await staff.get(f"/products?q={price}")).headers["location"].endswith(f"/products/{ids[5]}")
        for garbage in ("older=x", "older=1~", "older=99999999999999999999~a", "older=5~%00", "show=x", "q=%00"):
            assert (await staff.get(f"/products?{garbage}")).status_code == 200, garbage


async def read_price(tenancy: Tenancy, door: Door, product: str) -> Price:
    async with tenancy.database.side(door.tenant_id) as connection:
        found = await read_product(connection, product)
    assert found is not None
    return found.prices[0].price


async def test_a_page_of_a_product_that_is_gone_is_404(plain_site: RunningSite, door: Door, robin: Hired) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        for path in ("prod_none", "prod_none/edit", "prod_none/prices/new", "prod_none/preview"):
            assert (await staff.get(f"/products/{path}")).status_code == 404


# -- changing them ----------------------------------------------------------------------------------------------------


async def test_prices_are_added_archived_and_made_the_default(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        id_ = await add(staff, tax_behavior="exclusive", currency="usd", interval="month-3")
        first = await read_price(tenancy, door, id_)
        page = (await staff.get(f"/products/{id_}/prices/new")).text
        assert '<option value="usd" selected>' in page
        assert '<option value="month-3" selected>' in page
        assert 'value="exclusive" checked' in page
        await staff.post(f"/products/{id_}/prices/new", amount="99,90", currency="eur", interval="year-1")
        assert "€99.90 per year" in (await staff.follow()).text
        whole = await only(tenancy, door)
        assert whole.product.default_price == first.id
        second = whole.prices[1].price
        await staff.post(f"/products/{id_}/prices/{first.id}/archive")
        assert staff.page.status_code == 400
        assert "Make another price the default first" in staff.text
        await staff.post(f"/products/{id_}/prices/{second.id}/default")
        assert (await staff.follow()).status_code == 200
        await staff.post(f"/products/{id_}/prices/{first.id}/archive")
        assert "Who pays it goes on paying it" in (await staff.follow()).text
        await staff.post(f"/products/{id_}/prices/{first.id}/default")
        assert "Unarchive it first" in staff.text
        await staff.post(f"/products/{id_}/prices/{first.id}/unarchive")
        assert (await staff.follow()).status_code == 200
        other = await add(staff, name="Other")
        await staff.get(f"/products/{other}")
        for act in ("archive", "unarchive", "default"):
            path = f"/products/{other}/prices/{first.id}/{act}"
            assert (await staff.post(path, csrf=plain_site.csrf(robin.session))).status_code == 404
    whole = await only_of(tenancy, door, id_)
    assert whole.product.default_price == second.id
    assert all(each.price.active for each in whole.prices)


async def only_of(tenancy: Tenancy, door: Door, id_: str) -> ProductInUse:
    async with tenancy.database.side(door.tenant_id) as connection:
        found = await read_product(connection, id_)
    assert found is not None
    return found


async def test_a_product_is_archived_and_sold_again_and_customers_keep_it(
    plain_site: RunningSite, tenancy: Tenancy
) -> None:
    shop = await open_shop(tenancy)
    robin = await hire(tenancy, shop.door)
    customer = await shop.add_customer(shop.item("team", 3))
    async with tenancy.database.side(shop.door.tenant_id) as connection:
        product = (await listings.find(connection, "price", shop.prices["team"])).product
    async with (
        StaffBrowser(plain_site, shop.door, robin.secret) as staff,
        PortalBrowser(plain_site, shop, await shop.sign_in(customer)) as jenny,
    ):
        assert "1 active subscription" in (await staff.get(f"/products/{product}")).text
        assert "Customers who change their plan can choose it" in staff.text
        await staff.post(f"/products/{product}/archive")
        assert "is archived" in (await staff.follow()).text
        assert "Team" in (await jenny.get("/")).text
        await staff.post(f"/products/{product}/unarchive")
        assert "is sold again" in (await staff.follow()).text


async def test_only_a_product_without_prices_can_be_deleted(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, door: Door, robin: Hired
) -> None:
    async with plain_site.client(Authorization=f"Bearer {tenant.live.secret_key.reveal()}") as client:
        bare = (await client.post("/v1/products", data={"name": "Bare"})).json()["id"]
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        id_ = await add(staff)
        await staff.get(f"/products/{id_}")
        assert "A product that has prices stays" in staff.text
        assert "Delete it now" not in staff.text
        await staff.post(f"/products/{id_}/delete")
        assert staff.page.status_code == 400
        assert "Archive it instead" in staff.text
        await staff.get(f"/products/{bare}")
        await staff.post(f"/products/{bare}/delete")
        assert "Bare" not in (await staff.follow()).text
        assert (await staff.get(f"/products/{bare}")).status_code == 404
    assert (await only(tenancy, door)).product.id == id_


async def test_a_price_of_a_product_without_any_becomes_its_default(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, door: Door, robin: Hired
) -> None:
    async with plain_site.client(Authorization=f"Bearer {tenant.live.secret_key.reveal()}") as client:
        bare = (await client.post("/v1/products", data={"name": "Bare"})).json()["id"]
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        await staff.get(f"/products/{bare}/prices/new")
        await staff.post(f"/products/{bare}/prices/new", amount="5", currency="eur", billing="once")
        assert "Default" in (await staff.follow()).text
    found = await only(tenancy, door)
    assert found.product.default_price == found.prices[0].price.id


async def test_prices_that_customers_cannot_change_between_are_warned_of(
    plain_site: RunningSite, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        id_ = await add(staff, tax_behavior="inclusive")
        assert "Some prices include tax" not in (await staff.get(f"/products/{id_}")).text
        await staff.get(f"/products/{id_}/prices/new")
        await staff.post(f"/products/{id_}/prices/new", amount="5", currency="eur", tax_behavior="exclusive")
        assert "Some prices include tax" in (await staff.follow()).text


async def test_what_the_program_wrote_stays_when_the_form_is_saved(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, door: Door, robin: Hired
) -> None:
    given = {"name": "Desk", "url": "https://example.com/desk", "shippable": "true", "metadata[a]": "1"}
    async with plain_site.client(Authorization=f"Bearer {tenant.live.secret_key.reveal()}") as client:
        id_ = (await client.post("/v1/products", data=given)).json()["id"]
    before = await stored(tenancy, door, id_)
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        await staff.get(f"/products/{id_}/edit")
        await staff.post(f"/products/{id_}/edit", name="Desk", description="Oak")
        assert "Your changes are saved" in (await staff.follow()).text
    after = await stored(tenancy, door, id_)
    assert (after.url, after.shippable, after.metadata) == (before.url, before.shippable, before.metadata)
    assert after.description == "Oak"


# -- previews, tax codes, roles ---------------------------------------------------------------------------------------


async def test_the_preview_is_the_real_card_and_the_real_line(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        empty = await staff.get("/products/new/preview")
        assert "Your product" in staff.text
        assert empty.headers["x-frame-options"] == "SAMEORIGIN"
        await staff.get("/products/new")
        typed = plain(name="Yoga", amount="12.5", unit_label="member", features="Mats", description="Ten evenings")
        before = await many(tenancy, door)
        answer = await staff.upload("/products/new/preview", {"image": PICTURE}, **typed)
        assert answer.status_code == 200
        for shown in (
            "Yoga",
            "Ten evenings",
            "Mats",
            "€12.50",
            "per member, per month",
            "5 × €12.50 per member",
            "€62.50",
        ):
            assert shown in staff.text.replace("\N{NO-BREAK SPACE}", " "), shown
        assert "<script" not in staff.html
        await staff.get("/products/new")
        await staff.post("/products/new/preview", **plain(amount="nonsense"))
        assert "Appears here with the price." in staff.text
        assert await many(tenancy, door) == before
        id_ = await add(staff, name="Saved", amount="7")
        assert "€7.00" in (await staff.get(f"/products/{id_}/preview")).text
        await staff.get(f"/products/{id_}/edit")
        await staff.post("/products/new/preview", id=id_, name="Renamed")
        assert "Renamed" in staff.text
        assert "€7.00" in staff.text
        await staff.get(f"/products/{id_}/prices/new")
        await staff.post("/products/new/preview", id=id_, amount="8", currency="eur")
        assert "Saved" in staff.text
        assert "€8.00" in staff.text
        await staff.get("/products/new")
        await staff.post("/products/new/preview", **plain(billing="once"))
        assert "What is paid once is not among the plans" in staff.text


async def test_tax_codes_are_found_by_their_words(plain_site: RunningSite, door: Door, robin: Hired) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        found = (await staff.get("/tax-codes?q=SOFTWARE+service+business")).json()
        assert found[0] == {
            "id": "txcd_10103001",
            "name": "Software as a service (SaaS) - business use",
            "text": "Software as a service (SaaS) - business use (txcd_10103001)",
        }
        assert len((await staff.get("/tax-codes")).json()) == 8
        assert (await staff.get("/tax-codes?q=zebra")).json() == []
        assert [each["id"] for each in (await staff.get("/tax-codes?q=Books+(txcd_35010000)")).json()] == [
            "txcd_35010000"
        ]


@pytest.mark.parametrize("role", list(Role))
async def test_who_may_change_the_catalogue(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, door: Door, robin: Hired, role: Role
) -> None:
    allowed = role in (Role.OWNER, Role.ADMIN, Role.DEVELOPER)
    other = await hire(tenancy, tenant.live.door, role)
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        id_ = await add(staff)
    async with StaffBrowser(plain_site, door, other.secret) as staff:
        assert (await staff.get("/products")).status_code == 200
        assert ("Add product" in staff.text) == allowed
        assert (await staff.get(f"/products/{id_}")).status_code == 200
        assert ("Archive" in staff.text) == allowed
        assert (await staff.get("/products/new")).status_code == (200 if allowed else 403)
        csrf = plain_site.csrf(other.session)
        for path in ("archive", "unarchive"):
            answer = await staff.post(f"/products/{id_}/{path}", csrf=csrf)
            assert answer.status_code == (303 if allowed else 403)


async def test_nothing_is_changed_by_a_form_of_another_page(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        id_ = await add(staff)
        before = await stored(tenancy, door, id_)
        for path in ("archive", "delete", "edit", "prices/new"):
            assert (await staff.post(f"/products/{id_}/{path}", csrf="x", **plain())).status_code == 403
    async with StaffBrowser(plain_site, door, robin.secret, Origin="https://evil.example") as staff:
        answer = await staff.post(f"/products/{id_}/archive", csrf=plain_site.csrf(robin.session))
        assert answer.status_code == 403
    assert await stored(tenancy, door, id_) == before


# -- tiers and packages -----------------------------------------------------------------------------------------------

SEATS = {
    "model": "graduated",
    "amount": "",
    "tier_1_up_to": "5",
    "tier_1_unit": "7.00",
    "tier_3_unit": "5.00",
    "tier_3_flat": "10",
    "unit_label": "seat",
}
"""The second row is empty, as rows are that nobody needs."""


async def test_a_price_in_tiers_with_its_table(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        await staff.get("/products/new")
        await staff.post("/products/new/preview", **plain(**SEATS, sample="8"))
        assert "8 seats cost €60.00 per month." in staff.text.replace("\N{NO-BREAK SPACE}", " ")
        await staff.get("/products/new")
        await staff.post("/products/new/preview", **plain(**SEATS, sample="1", tier_4_unit="1"))
        assert "Appears here with the price." in staff.text
        id_ = await add(staff, **SEATS)
        shown = (await staff.follow()).text.replace("\N{NO-BREAK SPACE}", " ")
        for words in ("from €7.00 per seat, per month", "1–5", "6 and more", "€10.00", "Each unit at the price of"):
            assert words in shown
        whole = await read_price(tenancy, door, id_)
        assert (whole.billing_scheme, whole.tiers_mode, whole.unit_amount) == ("tiered", "graduated", None)
        assert whole.tiers == (
            Tier(up_to=5, unit_amount=Decimal(700)),
            Tier(up_to=None, unit_amount=Decimal(500), flat_amount=Decimal(1000)),
        )
        page = await staff.get(f"/products/{id_}/prices/new")
        assert re.search(r'value="graduated" selected', page.text)
        package = {"model": "package", "amount": "4", "package_size": "10", "currency": "eur"}
        await staff.post("/products/new/preview", id=id_, **package)
        assert "21 seats cost €12.00 per month." in staff.text.replace("\N{NO-BREAK SPACE}", " ")
        await staff.get(f"/products/{id_}/prices/new")
        await staff.post(f"/products/{id_}/prices/new", **package, package_round="down")
        shown = (await staff.follow()).text.replace("\N{NO-BREAK SPACE}", " ")
        assert "€4.00 per 10 seats, rounded down, per month" in shown


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"tier_3_up_to": "9"}, "Leave “Up to” of the last tier empty"),
    ({"tier_1_up_to": ""}, "Only the last tier can be left without an end."),
    ({"tier_2_up_to": "5", "tier_2_unit": "6"}, "Each tier must end later than the one before it."),
    ({"tier_3_unit": "", "tier_3_flat": "", "tier_3_up_to": "∞"}, "Enter what each unit costs, a flat fee, or both."),
    ({"tier_1_up_to": "five"}, "Enter a whole number, 1 or more."),
    ({"tier_1_unit": "dear"}, "Enter an amount, such as"),
    ({name: "" for name in SEATS if name.startswith("tier")}, "Enter at least one tier."),
    ({"model": "package", "amount": "4", "package_size": "0"}, "Enter a whole number, 1 or more."),
    ({"model": "flat"}, "Enter an amount, such as"),
)


async def test_what_is_wrong_with_tiers_is_said_where_it_is(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    before = await many(tenancy, door)
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        for change, sentence in WRONG:
            page = await staff.get("/products/new")
            await staff.post("/products/new", **plain(id=hidden(page.text, "id"), **(SEATS | change)))
            assert staff.page.status_code == 400
            assert sentence in staff.text
            assert all(f'value="{typed}"' in staff.html for typed in change.values() if typed.isalpha())
    assert await many(tenancy, door) == before


# -- use and further currencies ---------------------------------------------------------------------------------------


async def test_a_price_is_billed_by_use_and_sold_in_further_currencies(
    plain_site: RunningSite, tenancy: Tenancy, door: Door, robin: Hired
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    counted = Meter(id="mtr_calls", event_name="call", display_name="Calls", formula="sum", created=now, updated=now)
    async with StaffBrowser(plain_site, door, robin.secret) as staff:
        product = await add(staff, unit_label="call")
        path = f"/products/{product}/prices/new"
        assert 'name="meter"' not in (await staff.get(path)).text, "nothing is counted yet"
        async with tenancy.database.side(door.tenant_id) as connection:
            await meters.create(connection, door.tenant_id, counted, actor=API, request_id=None)
        assert "What “Calls” counts" in (await staff.get(path)).text
        form = {"amount": "0.03", "currency": "eur", "meter": "mtr_calls", "further_1_currency": "chf"}
        await staff.post(path, **form, further_1_amount="much", further_2_currency="eur", further_2_amount="1")
        assert staff.page.status_code == 400
        assert "This currency is there already." in staff.text
        await staff.post(path, **form | {"meter": "mtr_none"}, further_1_amount="0.04")
        assert "This is not counted any more." in staff.text
        await staff.post("/products/new/preview", **form, id=product, further_1_amount="0.04", sample="1000")
        assert "1,000 calls cost €30.00 per month." in staff.text
        assert "CHF 0.04 per call" in staff.text
        await staff.get(path)
        await staff.post(path, **form, further_1_amount="0.04")
        assert staff.page.status_code == 303, staff.text
    (made,) = [each.price for each in (await only(tenancy, door)).prices if each.price.currency_options]
    assert (made.unit_amount, made.recurring) == (
        Decimal(3),
        Recurring(interval="month", usage_type="metered", meter="mtr_calls"),
    )
    assert {name: each.unit_amount for name, each in made.currency_options.items()} == {"chf": Decimal(4)}
