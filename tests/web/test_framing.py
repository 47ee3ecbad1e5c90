"""Who may frame our pages: nobody, but our own pages their previews (trust.md C7)."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Request, Response, get
from litestar.params import FromPath
from playwright.async_api import Browser
from sites import RunningSite

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_web.headers import let_be_framed, let_show_frames

HTML = "text/html; charset=utf-8"


@get("/framing/preview")
async def preview(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A preview."""
    let_be_framed(request.scope)
    return Response(b"<!doctype html><title>preview</title><p>seen</p>", media_type=HTML)


@get("/framing/acts")
async def acts(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A page on which something can be done."""
    return Response(b"<!doctype html><title>acts</title><p>seen</p>", media_type=HTML)


@get("/framing/shows/{what:str}")
async def shows(request: Request[Any, Any, Any], what: FromPath[str]) -> Response[bytes]:
    """A page that shows a frame."""
    let_show_frames(request.scope)
    return Response(f'<!doctype html><title>x</title><iframe src="/framing/{what}"></iframe>'.encode(), media_type=HTML)


@get("/framing/plain/{what:str}")
async def plain(request: Request[Any, Any, Any], what: FromPath[str]) -> Response[bytes]:
    """A page like all others."""
    return Response(f'<!doctype html><title>x</title><iframe src="/framing/{what}"></iframe>'.encode(), media_type=HTML)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "seen"),
    [("shows/preview", True), ("shows/acts", False), ("plain/preview", False), ("plain/acts", False)],
)
async def test_only_previews_are_framed_and_only_where_they_belong(
    postgres: PostgresAddresses, site_at: Callable[..., RunningSite], browser: Browser, page: str, seen: bool
) -> None:
    running = site_at(postgres, plain_http=True, extra_routes=(preview, acts, shows, plain))
    opened = await browser.new_page()
    await opened.goto(f"{running.url}/framing/{page}")
    frames = [await each.evaluate("document.body.innerText") for each in opened.frames[1:]]
    assert (frames == ["seen"]) is seen
    await opened.close()
