"""What becomes of an uploaded picture: decoded, stripped, scaled, and served so that it can do nothing (B15)."""

import contextlib
import itertools
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import INERT, REFUSED, exif, gradient, jpeg, opened, png, saved, webp
from PIL import Image
from playwright.async_api import Browser, Page
from sides import Tenant
from sites import RunningSite
from sqlalchemy import insert

from frontdesk.errors import Misconfigured
from frontdesk_tenants import files, tables
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.image_rules import BRAND_ICON, BRAND_LOGO, PRODUCT_IMAGE, UnusableImage
from frontdesk_web.images import decoded, picture, raster
from frontdesk_web.product_images import own_path, public_url

_numbers = itertools.count(1)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_a_sentence(name: str) -> None:
    make, word = REFUSED[name]
    with pytest.raises(UnusableImage) as refused:
        picture(make(), PRODUCT_IMAGE)
    said = refused.value.said("en")
    assert word in said
    assert said.endswith(".")
    assert "{" not in said
    assert refused.value.said("de") != said


@pytest.mark.parametrize("name", INERT)
def test_what_a_picture_carries_is_left_behind(name: str) -> None:
    content = INERT[name]()
    file = picture(content, PRODUCT_IMAGE)
    for kept in (file.content, file.small or b""):
        assert not any(word in kept for word in (b"alert", b"owned", b"onerror", b"Camera"))
    assert opened(file.content).size == (320, 240)


@pytest.mark.parametrize("make", [png, jpeg, webp], ids=["PNG", "JPEG", "WEBP"])
def test_a_sound_picture_is_taken(make: object) -> None:
    file = picture(make(), PRODUCT_IMAGE)  # type: ignore[operator]
    image = opened(file.content)
    assert f"image/{(image.format or '').lower()}" == file.media_type
    assert image.size == (320, 240)
    assert abs(image.convert("RGB").getpixel((20, 200))[0] - gradient().getpixel((20, 200))[0]) < 6  # type: ignore[index,operator]
    small = opened(file.small or b"")
    assert (small.format, max(small.size)) == ("WEBP", 192)


def test_the_same_picture_is_the_same_file() -> None:
    assert picture(jpeg(), PRODUCT_IMAGE) == picture(jpeg(), PRODUCT_IMAGE)


def test_a_photo_is_turned_as_its_camera_was_held_and_says_no_more_where_that_was() -> None:
    upright = gradient(300, 200)
    for orientation in range(1, 9):
        file = picture(saved(upright, "JPEG", exif=exif(orientation)), PRODUCT_IMAGE)
        image = opened(file.content)
        assert image.size == ((300, 200) if orientation < 5 else (200, 300)), orientation
        assert not image.getexif()
        assert b"Exif" not in file.content
        assert b"Camera" not in file.content


def test_a_photo_with_a_second_picture_behind_it_does_not_move() -> None:
    content = saved(gradient(), "MPO", save_all=True, append_images=[gradient(80, 60)])
    assert opened(picture(content, PRODUCT_IMAGE).content).size == (320, 240)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_is_scaled_down(kind: str) -> None:
    assert opened(picture(saved(gradient(4000, 3000), kind), PRODUCT_IMAGE).content).size == (1600, 1200)
    assert opened(picture(saved(gradient(20, 15), kind), PRODUCT_IMAGE).content).size == (20, 15)


def test_transparency_stays_and_what_is_drawn_stays_sharp() -> None:
    drawn = Image.new("RGBA", (400, 400))
    drawn.paste((200, 30, 60, 255), (100, 100, 300, 300))
    for content in (saved(drawn, "PNG"), saved(drawn.quantize(8), "PNG"), saved(drawn, "WEBP", lossless=True)):
        file = picture(content, PRODUCT_IMAGE)
        image = opened(file.content).convert("RGBA")
        assert file.media_type == "image/png"
        assert (image.getpixel((5, 5))[3], image.getpixel((200, 200))) == (0, (200, 30, 60, 255))  # type: ignore[index]
    noise = Image.effect_noise((900, 900), 90).convert("RGBA")
    noise.putalpha(Image.linear_gradient("L").resize(noise.size))
    assert picture(saved(noise, "WEBP", quality=70), PRODUCT_IMAGE).media_type == "image/webp"


def test_every_way_to_write_colours_is_understood() -> None:
    grey = Image.new("L", (40, 40), 160)
    for image, kind in (
        (grey, "PNG"),
        (grey.convert("P"), "PNG"),
        (grey.convert("LA"), "PNG"),
        (Image.new("I;16", (40, 40), 160 * 256), "PNG"),
        (Image.new("CMYK", (40, 40), (95, 95, 95, 0)), "JPEG"),
        (grey, "JPEG"),
    ):
        shown = opened(picture(saved(image, kind), PRODUCT_IMAGE).content).convert("RGB").getpixel((9, 9))
        assert all(abs(part - 160) < 4 for part in shown), (image.mode, kind, shown)  # type: ignore[union-attr]


def test_two_megabytes_are_enough() -> None:
    heavy = saved(Image.effect_noise((1400, 1400), 90), "PNG", compress_level=0)
    assert PRODUCT_IMAGE.bytes_at_most - 200_000 < len(heavy) < PRODUCT_IMAGE.bytes_at_most
    assert picture(heavy, PRODUCT_IMAGE).media_type == "image/jpeg"
    with pytest.raises(UnusableImage, match="larger than 2 MB"):
        picture(heavy + b"\x00" * 200_000, PRODUCT_IMAGE)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_gets_past_as_something_else(data: st.DataObject) -> None:
    """A file that is cut, or in which bytes are changed, is refused or is a picture of the same size."""
    whole = data.draw(st.sampled_from([jpeg(), png(), webp()]))
    damaged = bytearray(whole[: data.draw(st.integers(1, len(whole)))])
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    # Any other exception fails the test.
    with contextlib.suppress(UnusableImage):
        file = picture(bytes(damaged), PRODUCT_IMAGE)
        assert opened(file.content).format in ("PNG", "JPEG", "WEBP")


def test_brands_keep_their_own_limits() -> None:
    logo = saved(gradient(300, 200), "GIF")
    assert (picture(logo, BRAND_LOGO).media_type, picture(logo, BRAND_LOGO).small) == ("image/png", None)
    assert raster(logo, "logo") == picture(logo, BRAND_LOGO)
    for content, word in (
        (saved(gradient(127, 300), "PNG"), "at least 128"),
        (saved(Image.effect_noise((900, 900), 90), "PNG"), "larger than 512 KB"),
        (webp(), "WEBP"),
    ):
        with pytest.raises(UnusableImage, match=word):
            picture(content, BRAND_LOGO)
    with pytest.raises(UnusableImage, match="square"):
        picture(logo, BRAND_ICON)
    with pytest.raises(Misconfigured, match=r"The icon: .* square") as misconfigured:
        raster(logo, "icon", square=True)
    assert misconfigured.value.field == "icon"


# -- how they are served ----------------------------------------------------------------------------------------------


async def keep(tenancy: Tenancy, door: Door, content: bytes) -> tuple[str, str]:
    """Store a picture as an upload does; returns its hash and media type."""
    file = await decoded(content, PRODUCT_IMAGE)
    async with tenancy.at(door) as (connection, _):
        return await files.keep(connection, door.tenant_id, file, await clock(connection)), file.media_type


async def test_a_stored_picture_has_an_address_of_its_own(
    running_site: RunningSite, tenancy: Tenancy, two_tenants: tuple[Tenant, Tenant]
) -> None:
    ours, theirs = (each.door for each in two_tenants)
    hash_, media_type = await keep(tenancy, ours, jpeg())
    url = public_url(running_site.config, ours, hash_, media_type)
    assert url == f"{running_site.config.base_url}/images/{ours.public_id}/{hash_}.jpg"
    path = own_path(ours.public_id, (url,), small=False)
    async with running_site.client() as client:
        whole, small = await client.get(path), await client.get(own_path(ours.public_id, (url,)))
        for answer, kind in ((whole, "image/jpeg"), (small, "image/webp")):
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
            assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-disposition"] == "inline"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
            assert len(answer.headers.get_list("content-security-policy")) == 1
        assert opened(small.content).size == (192, 144)
        for wrong in (
            path.replace(".jpg", ".png"),
            path.replace(".jpg", ".html"),
            path.replace(".jpg", ""),
            path.replace(hash_, hash_.upper()),
            path.replace(hash_, "0" * 64),
            path.replace(ours.public_id, theirs.public_id),
            path.replace(ours.public_id, "nobody"),
            path.replace("/images/", "/brand/"),
        ):
            assert (await client.get(wrong)).status_code == 404, wrong


async def test_other_files_of_a_side_are_no_images(running_site: RunningSite, tenancy: Tenancy, tenant: Tenant) -> None:
    """An invoice's document lies in the same table and has no public address."""
    async with tenancy.at(tenant.door) as (connection, _):
        file = files.File(media_type="application/pdf", content=b"%PDF-1.7 secret")
        hash_ = await files.keep(connection, tenant.door.tenant_id, file, await clock(connection))
    async with running_site.client() as client:
        for ending in ("png", "jpg", "webp", "pdf"):
            for folder in ("", "small/"):
                path = f"/images/{tenant.door.public_id}/{folder}{hash_}.{ending}"
                assert (await client.get(path)).status_code == 404


def test_only_our_own_copies_are_shown(tenant_door: Door) -> None:
    own = f"/images/{tenant_door.public_id}/{'a' * 64}.png"
    assert own_path(tenant_door.public_id, ("https://cdn.example.com/desk.png", f"https://old.example.com{own}")) == (
        f"/images/{tenant_door.public_id}/small/{'a' * 64}.png"
    )
    for foreign in (
        "https://cdn.example.com/desk.png",
        f"https://cdn.example.com/images/else/{'a' * 64}.png",
        f"https://cdn.example.com{own}?x",
        f"https://cdn.example.com/x{own}",
        f"javascript:alert(1)//{own}",
        f"//cdn.example.com{own}",
        own,
        "",
    ):
        assert own_path(tenant_door.public_id, (foreign,)) == "", foreign


@pytest.fixture
def tenant_door(tenant: Tenant) -> Door:
    return tenant.door


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


RUN_AS_SCRIPTS = """(urls) => Promise.all(urls.map((url) => new Promise((done) => {
  const script = document.createElement("script");
  script.onload = () => done("ran"); script.onerror = () => done("blocked");
  script.src = url;
  document.documentElement.append(script);
})))"""
HOSTILE = {name: make for name, (make, _) in REFUSED.items() if name != "an empty file"} | INERT


async def test_a_browser_takes_nothing_from_us_for_more_than_a_picture(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, page: Page
) -> None:
    """Were any of these ever stored as it was sent, it would still do nothing: opened, framed, or run as a script."""
    alerts: list[str] = []
    asked: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    door, urls = tenant.door, {}
    async with tenancy.at(door) as (connection, _):
        now = await clock(connection)
        for name, make in HOSTILE.items():
            hash_ = f"{next(_numbers):064x}"
            row = {"tenant_id": door.tenant_id, "hash": hash_, "media_type": "image/png", "content": make()[:200_000]}
            await connection.execute(insert(tables.files).values(**row, created=now))
            urls[name] = f"{plain_site.url}/images/{door.public_id}/{hash_}.png"
    for name, url in urls.items():
        answer = await page.goto(url, wait_until="commit")
        assert answer is not None, name
        assert answer.headers["content-type"] == "image/png", name
        told = "[document.contentType, document.title === 'owned', !!document.querySelector('script, svg, iframe')]"
        assert await page.evaluate(told) == ["image/png", False, False], name
    await page.goto(f"{plain_site.url}/livez")
    outcomes = await page.evaluate(RUN_AS_SCRIPTS, list(urls.values()))
    assert outcomes == ["blocked"] * len(urls)
    assert await page.title() != "owned"
    assert alerts == []
    assert not [each for each in asked if each.endswith("/owned")]
