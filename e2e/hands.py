"""A person at a page: what they click is counted, and the keyboard carries them from field to field."""

from playwright.async_api import Locator, Page

REACHED_WITHIN = 8
"""Presses of Tab after which somebody would rather click on a field."""


class Hands:
    """Works at a page like a person in a hurry. `clicks` are presses of a mouse button or taps of a finger."""

    def __init__(self, page: Page, clicks: int = 0) -> None:
        self.page = page
        self.clicks = clicks

    async def click(self, target: str | Locator) -> None:
        """Click on something that is in sight."""
        self.clicks += 1
        await self._found(target).first.click()

    async def leave_by(self, target: str | Locator) -> None:
        """Click on what leads to another page, and wait for that."""
        async with self.page.expect_navigation():
            await self.click(target)

    async def go(self, path_end: str) -> None:
        """Go to another page of the dashboard by its navigation, which a phone keeps behind a button."""
        menu = self.page.locator("summary.side-menu-button")
        if await menu.is_visible():
            await self.click(menu)
        await self.leave_by(f".side-nav a[href$='{path_end}']")

    async def write(self, target: str | Locator, text: str) -> None:
        """Write into a field: the one that has the focus, or the next few; else it is clicked on."""
        field = self._found(target).first
        for _ in range(REACHED_WITHIN):
            if await field.evaluate("each => each === document.activeElement"):
                break
            await self.page.keyboard.press("Tab")
        else:
            await self.click(field)
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.type(text)

    async def hand_over(self, target: str, name: str, media_type: str, content: bytes) -> None:
        """Choose a file: a click on the field and one in the window that opens."""
        self.clicks += 2
        files = [{"name": name, "mimeType": media_type, "buffer": content}]
        await self.page.locator(target).set_input_files(files)  # type: ignore[arg-type]

    def _found(self, target: str | Locator) -> Locator:
        return self.page.locator(target) if isinstance(target, str) else target
