"""Asking plugins for their panels: each in a thread of its own, and no longer than a page can wait.

A plugin should compute what it shows, and one that asks a server instead would hold up everybody's pages, not only its
own. So it is not waited for, and not asked again while it is still busy.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import pluggy
from msgspec import Struct

from frontdesk.book import Account
from frontdesk.panels import Panel
from frontdesk.plugin_examination import called

logger = logging.getLogger(__name__)

PANEL_SECONDS = 1.0
"""How long a page waits for the panels of one plugin."""
HOOK = "portal_panels"

_Answer = tuple[Panel, ...] | BaseException


class ShownPanels(Struct, frozen=True, kw_only=True):
    """The panels of a page, in their order. `whole` is false where a plugin failed, and shows nothing for now."""

    panels: tuple[Panel, ...] = ()
    whole: bool = True


class PanelCalls:
    """The threads, and which plugins are still busy with what nobody waits for any more."""

    def __init__(self) -> None:
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._overdue: dict[str, Future[_Answer]] = {}

    async def ask(
        self, implementations: Sequence[pluggy.HookImpl], account: Account, locale: str, seconds: float
    ) -> ShownPanels:
        """What the plugins answer, all asked at once. What fails is left out and logged."""
        answers = await asyncio.gather(*(self._ask(each, account, locale, seconds) for each in implementations))
        return ShownPanels(
            panels=tuple(panel for panels in answers for panel in panels or ()),
            whole=all(panels is not None for panels in answers),
        )

    async def _ask(
        self, implementation: pluggy.HookImpl, account: Account, locale: str, seconds: float
    ) -> tuple[Panel, ...] | None:
        plugin = implementation.plugin_name
        overdue = self._overdue.get(plugin)
        if overdue is not None and not overdue.done():
            return None
        thread = self._threads.get(plugin)
        if thread is None:
            thread = self._threads[plugin] = ThreadPoolExecutor(1, f"{HOOK} of {plugin}")
        call = thread.submit(_answer, implementation, account, locale)
        answer: _Answer
        try:
            async with asyncio.timeout(seconds):
                answer = await asyncio.wrap_future(call)
        except TimeoutError as error:
            answer = error
            if call.running():
                self._overdue[plugin] = call
        if isinstance(answer, BaseException):
            logger.error("plugin failed", extra={"plugin": plugin, "hook": HOOK}, exc_info=answer)
            return None
        return answer


def _answer(implementation: pluggy.HookImpl, account: Account, locale: str) -> _Answer:
    # Whatever a plugin raises, SystemExit too, is an answer here: in the loop it would end the process.
    try:
        answer = called(implementation, account=account, locale=locale) or ()
        # Once through msgspec: a struct does not check its types when it is made, and a page relies on them.
        return msgspec.convert(msgspec.to_builtins(answer), tuple[Panel, ...])
    except BaseException as error:
        return error
