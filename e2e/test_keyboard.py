"""Every page of staff and customers by keyboard alone: all that can be worked is reached by Tab, and is seen to be."""

import re
from pathlib import Path

import pytest
from demo_tour import Tour
from playwright.async_api import Browser, Page, expect
from portal_looks import open_gallery
from sights import Sight, open_sight, sights
from some_of_many import Choice

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
WALKED = {
    "p-portal",
    "p-login-token",
    "p-portal-payment-methods",
    "dashboard-sign-in",
    "dashboard-portal",
    "dashboard-portal-portal",
    "dashboard-portal-portal-link",
    "dashboard-portal-branding",
    "dashboard-portal-customers",
    "dashboard-portal-customers-new",
    "dashboard-portal-products-new",
    "dashboard-portal-invoices",
    "dashboard-portal-team",
    "operator",
}
"""Pages that between them hold every part."""
LOOKS = """
  // How an element looks with what is drawn for it: its ring may be its label's, its neighbour's or drawn behind it.
  const looks = each => [each, each.nextElementSibling, each.closest("label"), each.parentElement].filter(Boolean)
    .flatMap(one => [getComputedStyle(one), getComputedStyle(one, "::after"), getComputedStyle(one, "::before")])
    .map(one => {
      // An outline without a style or a width has values too, and is not there.
      const drawn = one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0;
      return [drawn && one.outlineWidth + one.outlineColor, one.boxShadow, one.borderColor].join();
    })
    .join(";");
"""
NUMBERED = f"""
() => {{
  {LOOKS}
  document.activeElement.blur();
  const shown = each => each.checkVisibility({{ visibilityProperty: true }}) && each.getClientRects().length > 0;
  const worked = each => !each.disabled && !each.closest(":disabled") && each.type !== "hidden" && each.tabIndex >= 0;
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(each => worked(each) && shown(each))
    .filter(each => {{
      if (each.type !== "radio") return true;
      // Of radio buttons Tab reaches one: the checked one, or the first of a group without any.
      const group = [...document.querySelectorAll(`input[type=radio][name="${{CSS.escape(each.name)}}"]`)];
      return each === (group.find(radio => radio.checked) || group[0]);
    }});
  window.unfocused = stops.map(looks);
  stops.forEach((each, number) => {{ each.dataset.stop = number; }});
  return stops.map(each => each.outerHTML.slice(0, 120));
}}
"""
FOCUSED = f"""
() => {{
  {LOOKS}
  const at = document.activeElement;
  if (!at || at.dataset.stop === undefined) return null;
  const number = Number(at.dataset.stop);
  return [number, looks(at) !== window.unfocused[number]];
}}
"""


@pytest.mark.parametrize("width", WIDTHS)
async def test_all_that_can_be_worked_is_reached_and_seen(
    browser: Browser, tour: Tour, width: int, choose: Choice
) -> None:
    walked = [each for each in sights(tour) if each.name in WALKED]
    assert {each.name for each in walked} == WALKED
    # In make test each page at one of the widths.
    for sight in [each for each in walked if width in choose(WIDTHS, each.name, 1)]:
        context = await browser.new_context(viewport={"width": width, "height": 900})
        if sight.visitor in tour.cookies:
            name, value = tour.cookies[sight.visitor]
            await context.add_cookies([{"name": name, "value": value, "url": tour.base_url}])
        page = await context.new_page()
        await walk(page, sight)
        await context.close()


async def walk(page: Page, sight: Sight) -> None:
    await open_sight(page, sight)
    await walk_here(page, sight.name)


async def walk_here(page: Page, name: str) -> None:
    """Press Tab until everything was reached. It ends, so nothing keeps the focus to itself."""
    await page.emulate_media(reduced_motion="reduce")
    stops = await page.evaluate(NUMBERED)
    assert stops, name
    reached: set[int] = set()
    for _ in range(3 * len(stops) + 10):
        await page.keyboard.press("Tab")
        found = await page.evaluate(FOCUSED)
        if found is None:
            continue
        number, seen = found
        assert seen, f"{name}: the focus is not seen on {stops[number]}"
        reached.add(number)
        if len(reached) == len(stops):
            return
    missing = [each for number, each in enumerate(stops) if number not in reached]
    raise AssertionError(f"{name}: Tab does not reach {missing[:3]}")


async def test_a_phone_menu_opens_by_keyboard_and_content_can_be_skipped_to(browser: Browser, tour: Tour) -> None:
    (sight,) = [each for each in sights(tour) if each.name == "dashboard-portal"]
    context = await browser.new_context(viewport={"width": 390, "height": 900})
    name, value = tour.cookies[sight.visitor]
    await context.add_cookies([{"name": name, "value": value, "url": tour.base_url}])
    page = await context.new_page()
    await open_sight(page, sight)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("#main$"))
    menu = page.locator("summary.side-menu-button")
    await menu.focus()
    await expect(page.locator(".side-nav")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.locator(".side-nav")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(page.locator(".side-nav")).to_be_hidden()
    await expect(menu).to_be_focused()
    await context.close()


async def test_the_menu_of_customers_closes_by_esc_and_by_going_on(browser: Browser, tmp_path: Path) -> None:
    page = await browser.new_page()
    with open_gallery(tmp_path) as gallery:
        (shown,) = [each for each in gallery.exhibits("northbeam", "en") if each.name == "home-many"]
        await page.goto(gallery.page("northbeam", "en", shown))
        button, choice = page.locator("summary.menu-button"), page.locator(".menu-list")
        await button.press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.locator(".menu-item").first).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(choice).to_be_hidden()
        await expect(button).to_be_focused()
        await button.press("Enter")
        await expect(choice).to_be_visible()
        await page.get_by_role("button", name="Sign out").focus()
        await expect(choice).to_be_hidden()
        await button.click()
        await page.locator(".plan-description").first.click(position={"x": 300, "y": 5})
        await expect(choice).to_be_hidden()
    await page.close()
