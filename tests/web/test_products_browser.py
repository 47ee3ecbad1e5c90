"""Products in a real browser: with scripts and without, on a phone and on a desk, by hand and by keyboard."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import pytest
from hired import Hired, hire
from pictures import SVG, jpeg, saved
from PIL import Image
from playwright.async_api import Browser, Page, expect
from sides import Tenant
from sites import RunningSite
from sqlalchemy import select

from frontdesk.book import Product
from frontdesk_tenants.tables import products
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.cookies import cookie_name
from frontdesk_web.dashboard.house_face import JAR

pytestmark = pytest.mark.browser
PHONE, DESK = 390, 1280
PHOTO = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}


class Opens(Protocol):
    """Opens a page of the dashboard's browser: `opens("/products/new", width=390, javascript=False)`."""

    def __call__(
        self, path: str, *, width: int = DESK, javascript: bool = True, locale: str = "en"
    ) -> AbstractAsyncContextManager[Page]: ...


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    """The owner."""
    return await hire(tenancy, tenant.live.door)


@pytest.fixture
def opens(browser: Browser, plain_site: RunningSite, tenant: Tenant, robin: Hired) -> Opens:
    """Pages of the live side, signed in. Whatever a browser complains of fails the test."""
    base = f"{plain_site.url}/dashboard/{tenant.live.door.portal}"
    cookie = {"name": cookie_name(plain_site.config, JAR), "value": robin.secret, "url": plain_site.url}

    @asynccontextmanager
    async def opened(
        path: str, *, width: int = DESK, javascript: bool = True, locale: str = "en"
    ) -> AsyncIterator[Page]:
        context = await browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, locale=locale
        )
        await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        page.set_default_timeout(60_000)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{base}{path}?lang={locale}")
        yield page
        await context.close()
        assert [each for each in complaints if "status of 4" not in each] == []

    return opened


async def all_products(tenancy: Tenancy, tenant: Tenant) -> list[Product]:
    async with tenancy.database.side(tenant.live.door.tenant_id) as connection:
        return list(await connection.scalars(select(products.c.body)))


async def test_a_product_is_made_while_its_preview_follows(opens: Opens, tenancy: Tenancy, tenant: Tenant) -> None:
    async with opens("/products/new") as page:
        preview = page.frame_locator(".beside-preview iframe >> nth=-1")
        await expect(preview.get_by_text("Your product")).to_be_visible()
        await page.fill("#name", "Yoga on Mondays")
        await page.fill("#amount", "12,50")
        await page.fill("#unit_label", "member")
        await expect(preview.get_by_text("Yoga on Mondays").first).to_be_visible()
        await expect(preview.get_by_text("€12.50").first).to_be_visible()
        await page.set_input_files("#image", PHOTO)  # type: ignore[arg-type]
        await expect(preview.locator("img.product-image")).to_be_visible()
        await expect(page.locator(".picture-now img")).to_have_js_property("complete", True)
        # By keyboard: words, down twice, enter.
        await page.locator("summary.more-title").press("Enter")
        await page.locator("#tax_code").press_sequentially("software business")
        await expect(page.locator("#tax_code-list [role=option]").first).to_be_visible()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        chosen = page.locator("#tax_code-list [aria-selected=true]")
        await expect(page.locator("#tax_code")).to_have_attribute("aria-activedescendant", "tax_code-list-1")
        wanted = await chosen.get_attribute("data-text")
        await page.keyboard.press("Enter")
        await expect(page.locator("#tax_code-list")).to_be_hidden()
        assert await page.input_value("#tax_code") == wanted
        # Rules are ticked off while typing.
        await page.fill("#statement_descriptor", "Yoga <1>")
        await expect(page.locator("[data-rule=characters]")).to_have_class("rule-broken")
        await page.fill("#statement_descriptor", "Yoga für alle")
        await expect(page.locator("[data-rule=characters]")).to_have_class("rule-kept")
        await expect(page.locator(".descriptor-printed")).to_have_text("YOGA FR ALLE")
        await page.get_by_role("button", name="Add product").click()
        await expect(page.get_by_text("The product is added.")).to_be_visible()
        await expect(page.frame_locator("iframe").get_by_text("€12.50").first).to_be_visible()
    (product,) = await all_products(tenancy, tenant)
    assert product.tax_code is not None
    assert wanted is not None
    assert product.tax_code in wanted
    assert product.statement_descriptor == "Yoga für alle"
    assert len(product.images) == 1


@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_without_scripts_the_form_does_the_same(
    opens: Opens, tenancy: Tenancy, tenant: Tenant, width: int
) -> None:
    async with opens("/products/new", width=width, javascript=False, locale="de") as page:
        await page.fill("#name", "Mitgliedschaft")
        await page.fill("#amount", "39,90")
        await page.select_option("#interval", "month-3")
        await page.set_input_files("#image", PHOTO)  # type: ignore[arg-type]
        await page.locator("summary.more-title").click()
        await page.fill("#tax_code", "software service")
        await page.get_by_role("button", name="Produkt anlegen").click()
        await expect(page.get_by_text("Mehrere Steuercodes passen.")).to_be_visible()
        assert await page.input_value("#name") == "Mitgliedschaft"
        await expect(page.locator(".picture-now img")).to_be_visible()
        await page.get_by_label("Software as a service (SaaS) - business use").check()
        await page.get_by_role("button", name="Produkt anlegen").click()
        await expect(page.get_by_text("Das Produkt ist angelegt.")).to_be_visible()
        await expect(page.get_by_text("39,90\N{NO-BREAK SPACE}€ alle 3 Monate").first).to_be_visible()
    (product,) = await all_products(tenancy, tenant)
    assert (product.tax_code, len(product.images)) == ("txcd_10103001", 1)


async def test_a_picture_that_is_too_large_is_scaled_down_before_it_is_sent(opens: Opens) -> None:
    heavy = saved(Image.effect_noise((2600, 2600), 60).convert("RGB"), "JPEG", quality=97)
    assert len(heavy) > 3_000_000
    async with opens("/products/new") as page:
        await page.set_input_files("#image", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": heavy})
        await expect(page.locator(".picture-now img")).to_be_visible()
        await expect(page.locator("#image-error")).to_be_hidden()
        assert (await page.input_value("input[name=picture]")).endswith(".jpg")


async def test_a_picture_that_is_none_is_refused_at_once_and_the_old_one_stays(opens: Opens) -> None:
    async with opens("/products/new") as page:
        await page.set_input_files("#image", PHOTO)  # type: ignore[arg-type]
        await expect(page.locator(".picture-now img")).to_be_visible()
        before = await page.input_value("input[name=picture]")
        await page.set_input_files("#image", {"name": "a.png", "mimeType": "image/png", "buffer": SVG})
        await expect(page.locator("#image-error")).to_contain_text("SVG drawings can hold programs")
        assert await page.input_value("input[name=picture]") == before
        await page.set_input_files("#image", PHOTO)  # type: ignore[arg-type]
        await expect(page.locator("#image-error")).to_be_hidden()


async def test_no_page_scrolls_sideways(opens: Opens) -> None:
    async with opens("/products/new") as page:
        await page.fill("#name", "Mitgliedschaftsverwaltungsgebührenabrechnung " * 3)
        await page.fill("#amount", "1234567.89")
        await page.locator("summary.more-title").click()
        await page.set_input_files("#image", PHOTO)  # type: ignore[arg-type]
        await expect(page.locator(".picture-now img")).to_be_visible()
        assert await sideways(page) == 0
        await page.get_by_role("button", name="Add product").click()
        await expect(page.get_by_text("The product is added.")).to_be_visible()
        assert await sideways(page) == 0
        for link in ("Edit", "Add price"):
            product = page.url
            await page.get_by_role("link", name=link, exact=True).click()
            await page.wait_for_url(lambda url, product=product: url != product)  # type: ignore[misc]
            assert await sideways(page) == 0
            await page.goto(product)
        await page.get_by_role("link", name="Products").first.click()
        await expect(page.locator("h1")).to_have_text("Products")
        assert await sideways(page) == 0


async def sideways(page: Page) -> int:
    """How many pixels of a page lie beyond its right edge, in the worst of four widths. It is left at a desk's."""
    beyond = []
    for width in (320, PHONE, 768, DESK):
        await page.set_viewport_size({"width": width, "height": 900})
        beyond.append(
            await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )
    return max(beyond)


async def test_a_mistake_has_the_focus_and_is_read_with_its_field(opens: Opens) -> None:
    async with opens("/products/new", javascript=False) as page:
        await page.fill("#name", "Team")
        await page.fill("#amount", "twelve")
        await page.get_by_role("button", name="Add product").click()
        field = page.locator("#amount")
        await expect(field).to_be_focused()
        await expect(field).to_have_attribute("aria-invalid", "true")
        described = await field.get_attribute("aria-describedby")
        await expect(page.locator(f"#{described}")).to_have_text(re.compile("Enter an amount"))
