"""Staff choose a look and see it in the real pages, publish it, take it back; customers see what was published."""

import base64
import hashlib
import io
import re
from html import unescape
from urllib.parse import urlencode

import msgspec
import pytest
from brand_grammar import HOSTILE, assert_grammar
from hired import Hired, StaffBrowser, hire, staff_cookie
from PIL import Image
from playwright.async_api import Browser
from playwright.async_api import Page as BrowserPage
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop
from sides import Tenant
from sites import RunningSite
from sqlalchemy import func, select

from frontdesk.branding import Brand, Look
from frontdesk.desk import Actor
from frontdesk.roles import Role
from frontdesk_tenants import api_keys, brand_versions, provisioning
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.other_side_brand import details_of, take_over
from frontdesk_tenants.tables import audit, files
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.cookies import cookie_name
from frontdesk_web.dashboard.house_face import JAR

GOLD = {"background": "#14213d", "accent": "#ffb703", "font": "lora", "radius": "pill"}


def picture(width: int = 200, height: int = 200, colour: str = "#ffb703", kind: str = "PNG") -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(drawn, kind)
    return drawn.getvalue()


def upload(content: bytes) -> tuple[str, bytes, str]:
    return ("picture", content, "application/octet-stream")


@pytest.fixture
async def shop(postgres: PostgresAddresses, tenancy: Tenancy) -> Shop:
    """A live side with plans by the seat."""
    return await open_shop(tenancy)


@pytest.fixture
async def robin(shop: Shop) -> Hired:
    """The owner."""
    return await hire(shop.tenancy, shop.door)


async def brand_of(shop: Shop, door: Door | None = None) -> Brand:
    async with shop.tenancy.at(door or shop.door) as (_, side):
        return side.brand


async def draft_of(shop: Shop, door: Door | None = None) -> Look | None:
    async with shop.tenancy.at(door or shop.door) as (connection, _):
        draft = await brand_versions.read_draft(connection)
        return None if draft is None else draft.look


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])


async def fetched(running: RunningSite, path: str) -> Image.Image:
    """A picture as anybody gets it."""
    async with running.client() as client:
        return Image.open(io.BytesIO((await client.get(path)).content))


async def save(staff: StaffBrowser, act: str, files: dict[str, bytes] | None = None, **fields: str) -> None:
    """Fill in the form of the open page as a browser would, and press a button."""
    html = staff.page.text
    form = {name: hidden(html, name) for name in ("seen", "icon_file", "logo_file")} | GOLD | fields
    await staff.upload("/branding", {name: upload(content) for name, content in (files or {}).items()}, act=act, **form)


# -- the story --------------------------------------------------------------------------------------------------------


async def test_a_look_is_drafted_published_and_taken_back(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    before = await brand_of(shop)
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        key = (await api_keys.create(connection, shop.door, "secret", await clock(connection))).reveal()
    async with (
        PortalBrowser(plain_site, shop, await shop.sign_in(customer)) as jenny,
        StaffBrowser(plain_site, shop.door, robin.secret) as staff,
    ):
        assert "Every look that you publish stands here" in (await staff.get("/branding")).text
        await save(staff, "draft", {"logo": picture(300, 128), "icon": picture()})
        assert "The draft is saved." in (await staff.follow()).text
        assert "Draft of Robin Staff" in staff.text
        assert await brand_of(shop) == before
        assert "brand-logo" not in (await jenny.get("/")).text
        await save(staff, "publish")
        assert "Published." in (await staff.follow()).text
        assert "Draft of" not in staff.text
        assert [staff.text.count(each) for each in ("Customers see this", "From the start", "Robin Staff")] == [1, 1, 1]
        brand = await brand_of(shop)
        assert (brand.background, brand.accent, brand.font, brand.radius) == tuple(GOLD.values())
        assert brand.details == before.details
        page = (await jenny.get("/")).text
        logo = re.search(r'class="brand-logo" src="([^"]+)"', jenny.html)
        assert logo is not None, page
        assert (await fetched(plain_site, logo[1])).size == (300, 128)
        async with plain_site.client(Authorization=f"Bearer {key}") as program:
            account = (await program.get("/v1/account")).json()["settings"]["branding"]
            for purpose, size in (("logo", (300, 128)), ("icon", (200, 200))):
                file = (await program.get(f"/v1/files/{account[purpose]}")).json()
                assert (file["purpose"], file["type"], file["filename"]) == (f"business_{purpose}", "png", None)
                content = (await program.get(f"/v1/files/{account[purpose]}/contents")).content
                assert (Image.open(io.BytesIO(content)).size, len(content)) == (size, file["size"])
            assert len((await program.get("/v1/files")).json()["data"]) == 2
        (undo,) = re.findall(r'<form method="post" action="([^"]*/versions/[^"]+)"', staff.html)
        await staff.post(undo, act="again")
        assert "Published." in (await staff.follow()).text
        assert await brand_of(shop) == before
        assert "brand-logo" not in (await jenny.get("/")).text
        assert (await fetched(plain_site, logo[1])).size == (300, 128), "e-mails of those days still show it"
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        done = await connection.execute(
            select(audit.c.action, audit.c.actor).where(audit.c.object == "brand").order_by(audit.c.number)
        )
        assert {row.actor for row in done.all()} == {robin.member.id}


async def test_going_back_is_looked_at_before_it_is_done(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    await provisioning.brand_side(shop.tenancy, shop.door, Brand(business_name="Northbeam", accent="#116633"))
    await provisioning.brand_side(shop.tenancy, shop.door, Brand(business_name="Northbeam", accent="#aa2222"))
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        red, green, _ = re.findall(r'class="version-link" href="([^"]+)"', staff.html)
        assert "Publish this look again" not in (await staff.get(red)).text
        assert "Publish this look again" in (await staff.get(green)).text
        frame = re.search(r'<iframe[^>]* src="([^"]+)"', staff.html)
        assert frame is not None
        assert "accent=%23116633" in (await staff.get(frame[1])).text
        await staff.get(green)
        await staff.post(green)
        await staff.follow()
        assert (await brand_of(shop)).accent == "#116633"
        assert "Gone back to" in staff.text
        assert (await staff.get("/branding/versions/brv_nothing")).status_code == 404


async def test_a_draft_is_discarded_and_taken_back(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        await save(staff, "draft")
        await staff.follow()
        await staff.post("/branding/draft", act="discard")
        assert "The draft is discarded." in (await staff.follow()).text
        assert await draft_of(shop) is None
        assert 'value="restore"' in staff.html
        await staff.post("/branding/draft", act="restore")
        assert "The draft is back." in (await staff.follow()).text
        assert await draft_of(shop) == msgspec.convert(GOLD, Look)
        await staff.post("/branding/draft", act="something else")
        assert staff.page.status_code == 303


async def test_nobody_replaces_a_draft_that_they_have_not_seen(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    bert = await hire(shop.tenancy, shop.door, Role.ADMIN)
    async with (
        StaffBrowser(plain_site, shop.door, robin.secret) as first,
        StaffBrowser(plain_site, shop.door, bert.secret) as second,
    ):
        await first.get("/branding")
        await second.get("/branding")
        await save(first, "draft", accent="#116633")
        await save(second, "publish", accent="#aa2222")
        assert second.page.status_code == 409
        assert "Somebody else changed the draft meanwhile." in second.text
        assert 'value="#aa2222"' in second.html
        kept = await draft_of(shop)
        assert kept is not None
        assert kept.accent == "#116633"
        await save(second, "publish", accent="#aa2222")
        assert second.page.status_code == 303
        assert (await brand_of(shop)).accent == "#aa2222"


# -- corrections ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("Buttons are shown in #", "#ffb703 has a contrast of 1.7 to 1 with the page; a button needs 3.")),
        ("de", ("Schaltflächen erscheinen in #", "#ffb703 hat zur Seite einen Kontrast von 1,7 zu 1")),
    ],
)
async def test_a_correction_is_told_in_words(
    plain_site: RunningSite, shop: Shop, robin: Hired, language: str, sentences: tuple[str, ...]
) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        await save(staff, "draft")
        await staff.get(f"/branding?lang={language}")
        part = await staff.get(f"/branding/contrast?{urlencode({'background': '#14213d', 'accent': '#ffb703'})}")
        assert part.headers["x-frame-options"] == "DENY"
        page = (await staff.get("/branding")).text
        for sentence in sentences:
            assert sentence in unescape(part.text)
            assert sentence in unescape(page)


async def test_colours_that_can_be_read_are_left_alone(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        await save(staff, "draft", accent="#5a5aff")
        await staff.get("/branding")
        light = await staff.get(f"/branding/contrast?{urlencode({'background': '#14213d', 'accent': 'nonsense'})}")
        assert light.status_code == 200
        assert "can be read everywhere" in light.text


async def test_a_picture_is_judged_as_soon_as_it_is_chosen(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        token = (await staff.get("/branding")) and staff.csrf
        good = (await staff.upload("/branding/picture", {"logo": upload(picture(300, 150))}, csrf=token)).json()
        assert re.fullmatch("[0-9a-f]{64}", good["name"])
        assert (await fetched(plain_site, good["url"])).size == (300, 150)
        wide = await staff.upload("/branding/picture", {"icon": upload(picture(300, 150))}, csrf=token)
        assert (wide.status_code, "must be square" in wide.json()["error"]) == (400, True)
        large = await staff.upload("/branding/picture", {"logo": upload(b"x" * (512 * 1024 + 1))}, csrf=token)
        assert (large.status_code, "larger than 512 KB" in large.json()["error"]) == (413, True)
        assert (await staff.upload("/branding/picture", {}, csrf=token)).json()["name"] == ""
    assert await draft_of(shop) is None


# -- what cannot be used ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["background", "accent", "font", "radius", "icon_file", "logo_file"])
async def test_no_text_in_a_field_is_a_token(plain_site: RunningSite, shop: Shop, robin: Hired, field: str) -> None:
    """Issue 3, line 6, through the real form (the rules are tested with any text in test_brand_tokens)."""
    before = await brand_of(shop)
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        for text in HOSTILE:
            if text == "#fff" and field in ("background", "accent"):
                continue
            await save(staff, "publish", **{field: text})
            assert staff.page.status_code == 400, text
            assert "field-error" in staff.html
            sheet = await staff.get(f"/branding/colours.css?{urlencode(GOLD | {field: text})}")
            assert sheet.status_code == (404 if field in GOLD else 200)
            await staff.get("/branding")
    assert await brand_of(shop) == before
    assert_grammar(before)


@pytest.mark.parametrize(
    ("field", "content", "sentence"),
    [
        ("logo", b"%PDF-1.7", "This is a PDF file."),
        ("logo", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG drawings can hold programs"),
        ("logo", picture(100, 100), "must be at least 128 by 128 pixels"),
        ("icon", picture(300, 200), "must be square"),
        ("icon", b"x" * (512 * 1024 + 1), "larger than 512 KB"),
        ("logo", b"", "This file is empty."),
    ],
)
async def test_a_picture_that_cannot_be_used_is_refused_with_a_sentence_and_the_rest_is_kept(
    plain_site: RunningSite, shop: Shop, robin: Hired, field: str, content: bytes, sentence: str
) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        other = {"logo": "icon", "icon": "logo"}[field]
        await save(staff, "publish", {field: content, other: picture()}, font="nunito")
        assert staff.page.status_code == 400
        assert sentence in staff.text
        assert '<option value="nunito" selected>' in staff.html
        assert await draft_of(shop) is None
        kept = hidden(staff.page.text, f"{other}_file")
        assert re.fullmatch("[0-9a-f]{64}", kept), "what was good need not be chosen again"
        await save(staff, "draft", font="nunito")
        assert staff.page.status_code == 303
        draft = await draft_of(shop)
        assert draft is not None
        assert {draft.icon_file, draft.logo_file} == {kept, None}


async def test_a_picture_is_removed_with_a_tick(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        await save(staff, "publish", {"logo": picture()})
        await staff.follow()
        assert (await brand_of(shop)).logo_file is not None
        await save(staff, "publish", remove_logo_file="on")
        await staff.follow()
        assert (await brand_of(shop)).logo_file is None


async def test_another_tenants_picture_is_no_picture(
    plain_site: RunningSite, shop: Shop, robin: Hired, tenancy: Tenancy
) -> None:
    stranger = await open_shop(tenancy)
    thief = await hire(tenancy, stranger.door)
    async with (
        StaffBrowser(plain_site, shop.door, robin.secret) as staff,
        StaffBrowser(plain_site, stranger.door, thief.secret) as other,
    ):
        await staff.get("/branding")
        await save(staff, "publish", {"logo": picture()})
        theirs = (await brand_of(shop)).logo_file or ""
        await other.get("/branding")
        await save(other, "publish", logo_file=theirs)
        assert other.page.status_code == 400
        assert "This picture is not there any more." in other.text


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.READ_ONLY, Role.DEVELOPER])
async def test_a_role_that_may_only_look_is_shown_the_look_and_no_way_to_change_it(
    plain_site: RunningSite, shop: Shop, role: Role
) -> None:
    somebody = await hire(shop.tenancy, shop.door, role)
    async with StaffBrowser(plain_site, shop.door, somebody.secret) as staff:
        page = await staff.get("/branding")
        assert page.status_code == 200
        assert "Save draft" not in staff.text
        assert (await staff.get("/branding/preview?what=sign-in")).status_code == 200
        for path in ("/branding", "/branding/draft", "/branding/preview", "/public-details"):
            refused = await staff.post(path, csrf=plain_site.csrf(somebody.session), **GOLD)
            assert refused.status_code == 403
            assert "This is open to: Owner, Admin." in staff.text
        assert "Save details" not in (await staff.get("/public-details")).text


# -- the preview ------------------------------------------------------------------------------------------------------


async def test_the_preview_is_the_real_pages_with_what_was_chosen(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    before = await brand_of(shop)
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/branding")
        token = staff.csrf
        shown = {}
        for what in ("home", "sign-in", "letter", "invoice"):
            answer = await staff.upload(
                "/branding/preview", {"logo": upload(picture(300, 150))}, csrf=token, what=what, **GOLD
            )
            assert answer.status_code == 200
            assert answer.headers["x-frame-options"] == "SAMEORIGIN"
            assert "sandbox allow-same-origin" in answer.headers["content-security-policy"]
            assert "<body inert" in answer.text or 'class="paper-ground" inert' in answer.text
            shown[what] = unescape(answer.text)
        assert "Jenny Rosen" in shown["home"]
        assert "Change plan" in shown["home"]
        assert 'name="email"' in shown["sign-in"]
        sheet = re.search(r'href="([^"]+colours\.css[^"]+)"', shown["home"])
        logo = re.search(r'class="brand-logo" src="([^"]+)"', shown["sign-in"])
        assert sheet is not None
        assert logo is not None
        css = (await staff.get(sheet[1])).text
        assert "--radius: 999px" in css
        assert "--brand: #14213d" in css
        assert (
            Image.open(io.BytesIO((await staff.get(logo[1].replace("/images", "/p/../images"))).content)).width == 300
        )
        assert "background: #14213d" in shown["letter"]
        assert logo[1] in shown["letter"]
        png = re.search(r'src="data:image/png;base64,([^"]+)"', shown["invoice"])
        assert png is not None
        page = Image.open(io.BytesIO(base64.b64decode(png[1])))
        assert page.height > page.width > 600
        assert "accent=%23ffb703" not in (await staff.get("/branding/preview")).text, "a preview is no draft"
    assert await brand_of(shop) == before
    assert await draft_of(shop) is None


async def test_a_letters_one_style_is_allowed_by_its_hash(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        letter = await staff.get("/branding/preview?what=letter")
    (style,) = re.findall(r"<style>(.*?)</style>", letter.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in letter.headers["content-security-policy"]
    assert "unsafe-inline" not in letter.headers["content-security-policy"]


async def staff_page(running: RunningSite, browser: Browser, robin: Hired, javascript: bool) -> BrowserPage:
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
    context.set_default_timeout(60_000)
    cookie = staff_cookie(running, robin.secret).partition("=")
    assert cookie[0] == cookie_name(running.config, JAR)
    await context.add_cookies([{"name": cookie[0], "value": cookie[2], "url": running.url}])
    return await context.new_page()


@pytest.mark.browser
async def test_the_preview_follows_as_one_chooses(
    plain_site: RunningSite, shop: Shop, robin: Hired, browser: Browser
) -> None:
    page = await staff_page(plain_site, browser, robin, javascript=True)
    await page.goto(f"{plain_site.url}/dashboard/{shop.door.portal}/branding")
    stage = page.frame_locator(".stage-frame:not([hidden])")
    await stage.locator("text=Jenny Rosen").wait_for()
    assert not await page.locator("text=Show preview").is_visible()
    await page.select_option("#font", "lora")
    await stage.locator('link[href*="font=lora"]').wait_for(state="attached")
    await page.fill("[data-colour-of=accent]", "#FFB703")
    await stage.locator('link[href*="accent=%23ffb703"]').wait_for(state="attached")
    await page.locator("text=#ffb703 has a contrast of 1.7 to 1 with the page").wait_for()
    await page.set_input_files("#logo", {"name": "logo.gif", "mimeType": "image/gif", "buffer": picture(200, 100)})
    await page.locator("#logo-error", has_text="at least 128 by 128 pixels").wait_for()
    await page.set_input_files("#logo", {"name": "logo.png", "mimeType": "image/png", "buffer": picture(300, 150)})
    await stage.locator(".brand-logo").wait_for()
    assert not await page.locator("#logo-error").is_visible()
    await page.click("label[for=what-letter]")
    await stage.locator("text=Hello Jenny Rosen").wait_for()
    assert await stage.locator(".head").evaluate("each => getComputedStyle(each).padding") == "20px 28px"
    await page.click("label[for=screen-phone]")
    assert await page.locator(".stage-frame:not([hidden])").evaluate("each => each.clientWidth") == 390
    await page.click("text=Save draft")
    await page.locator("text=The draft is saved.").wait_for()
    assert await page.input_value("#accent") == "#ffb703"
    await page.context.close()


@pytest.mark.browser
async def test_the_way_back_does_not_lead_through_previews(
    plain_site: RunningSite, shop: Shop, robin: Hired, browser: Browser
) -> None:
    page = await staff_page(plain_site, browser, robin, javascript=True)
    base = f"{plain_site.url}/dashboard/{shop.door.portal}"
    await page.goto(f"{base}/public-details")
    await page.goto(f"{base}/branding")
    stage = page.frame_locator(".stage-frame:not([hidden])")
    for font in ("lora", "nunito"):
        await page.select_option("#font", font)
        await stage.locator(f'link[href*="font={font}"]').wait_for(state="attached")
    await page.go_back()
    assert page.url == f"{base}/public-details"
    await page.context.close()


@pytest.mark.browser
async def test_without_javascript_a_button_shows_the_preview(
    plain_site: RunningSite, shop: Shop, robin: Hired, browser: Browser
) -> None:
    page = await staff_page(plain_site, browser, robin, javascript=False)
    await page.goto(f"{plain_site.url}/dashboard/{shop.door.portal}/branding")
    await page.select_option("#font", "lora")
    await page.click("label[for=what-sign-in]")
    await page.click("text=Show preview")
    stage = page.frame_locator(".stage-frame")
    await stage.locator('link[href*="font=lora"]').wait_for(state="attached")
    await stage.locator("input[name=email]").wait_for()
    await page.click("button:has-text('Publish')")
    await page.locator("text=Published.").wait_for()
    assert (await brand_of(shop)).font == "lora"
    await page.context.close()


# -- live and sandbox -------------------------------------------------------------------------------------------------


async def test_the_look_of_the_other_side_is_taken_over_with_one_click(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    async with (
        StaffBrowser(plain_site, shop.door, robin.secret) as live,
        StaffBrowser(plain_site, shop.other_door, robin.secret) as sandbox,
    ):
        await sandbox.get("/branding")
        await save(sandbox, "publish", {"logo": picture(256, 256, "#116633")})
        theirs = (await brand_of(shop, shop.other_door)).look
        await live.get("/branding")
        assert "Copy the look of the sandbox" in live.text
        await live.post("/branding/draft", act="copy")
        assert "The look is copied into the draft." in (await live.follow()).text
        assert await draft_of(shop) == theirs
        async with shop.tenancy.at(shop.door) as (connection, _):
            held = select(func.count()).select_from(files).where(files.c.hash == theirs.logo_file)
            assert await connection.scalar(held) == 1
        assert (await brand_of(shop)).look != theirs


async def test_nothing_is_taken_over_from_strangers(tenancy: Tenancy, tenant: Tenant) -> None:
    stranger = await open_shop(tenancy)
    with pytest.raises(ValueError, match="one tenant"):
        await take_over(tenancy, stranger.door, tenant.door, Actor(kind="staff", id="stf_1"))
    with pytest.raises(ValueError, match="one tenant"):
        await details_of(tenancy, stranger.door, tenant.door)
