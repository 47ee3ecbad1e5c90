"""Customers see the pictures of what they pay for: our own copies, small, and nothing of other origins."""

import re

import pytest
from pictures import jpeg
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk.catalogue_commands import ProductFields, UpdateProduct
from frontdesk_tenants import catalogues, files, listings
from frontdesk_tenants.database import clock
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.image_rules import PRODUCT_IMAGE
from frontdesk_web.images import decoded
from frontdesk_web.product_images import public_url

FOREIGN = "https://cdn.example.com/team.png"


@pytest.fixture
async def shop(tenancy: Tenancy) -> Shop:
    return await open_shop(tenancy)


async def show(shop: Shop, plan: str, *images: str) -> None:
    """Give a plan's product these images, as its tenant does."""
    door, tenancy = shop.door, shop.tenancy
    async with tenancy.at(door) as (connection, side):
        price = await listings.find(connection, "price", shop.prices[plan])
    command = UpdateProduct(id=price.product, fields=ProductFields(images=images))
    await catalogues.carry_out(
        lambda: tenancy.database.side(door.tenant_id), tenancy, side, command, actor=API, idempotency_key="x"
    )


async def kept(running: RunningSite, shop: Shop) -> str:
    """A stored picture's public address."""
    file = await decoded(jpeg(), PRODUCT_IMAGE)
    async with shop.tenancy.at(shop.door) as (connection, _):
        hash_ = await files.keep(connection, shop.door.tenant_id, file, await clock(connection))
    return public_url(running.config, shop.door, hash_, file.media_type)


async def test_a_customer_sees_the_picture_of_their_plan_and_of_those_to_choose(
    running_site: RunningSite, shop: Shop
) -> None:
    url = await kept(running_site, shop)
    small = url.removeprefix(running_site.config.base_url).replace(
        shop.door.public_id + "/", shop.door.public_id + "/small/"
    )
    await show(shop, "team", FOREIGN, url)
    await show(shop, "starter", FOREIGN)
    customer = await shop.add_customer(shop.item("team", 3))
    secret = await shop.sign_in(customer)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get("/")
        assert re.findall(r'<img class="product-image" src="([^"]+)"', browser.html) == [small]
        await browser.get(re.findall(r'href="([^"]+/change)"', browser.html)[0])
        assert re.findall(r'<img class="product-image" src="([^"]+)"', browser.html) == [small]
        assert "choices-pictured" in browser.html
        assert FOREIGN not in browser.html
    async with running_site.client() as client:
        answer = await client.get(small)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")


async def test_without_pictures_nothing_is_kept_free_for_them(running_site: RunningSite, shop: Shop) -> None:
    customer = await shop.add_customer(shop.item("team", 3), shop.item("starter"))
    await show(shop, "team", FOREIGN)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "product-image" not in browser.html
