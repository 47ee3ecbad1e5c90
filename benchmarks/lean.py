"""The home page with nothing to decide: as fast as a page of its size can go on what the product is built of.

One call to PostgreSQL looks the session up and tells all that the page shows; what it told is decoded; as many amounts
and dates as the page holds are formatted; and one template is filled, the measured page itself with a place for each
of them. No middleware, no permissions, no words to choose, nothing in the template but places.
"""

import re
from itertools import count, cycle, islice
from typing import Any

import minijinja
import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.exceptions import NotAuthorizedException
from seeded import Seeded

from frontdesk_tenants.home_lines import CONNECTIONS, HomeLines
from frontdesk_tenants.home_reads import HomeFacts
from frontdesk_tenants.vault import hashed
from frontdesk_web.formatting import date_long, money

_AMOUNT = re.compile(r"€\d[\d.,]*\d")
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]{2,8} 20\d\d")


def create(seeded: Seeded, page: str) -> Litestar:
    """The application: one route, no middleware. `page` is what the product answers, in English."""
    from frontdesk_tenants.database import Database
    from frontdesk_tenants.directory import Directory

    directory, lines = Directory(Database(seeded.database_url)), HomeLines(seeded.database_url, CONNECTIONS)
    decoder = msgspec.json.Decoder(HomeFacts)
    source, amounts, dates = _with_places(page)
    templates = minijinja.Environment(templates={"page.html": source})
    side_version: str | None = None

    @get("/p/{portal:str}")
    async def home(request: Request[Any, Any, Any], portal: str) -> Response[str]:
        nonlocal side_version
        door = await directory.by_portal(portal)
        assert door is not None
        row = await lines.ask(door.tenant_id, hashed(request.cookies.get(f"fd-{portal}", "")), None, side_version)
        if not row["live"]:
            raise NotAuthorizedException
        # What a side's pages share is told once, as the product is.
        side_version = row["side_version"]
        invoices = decoder.decode(row["page"]).invoices
        body = templates.render_template(
            "page.html",
            amounts=[money(each.total, each.currency, "en") for each in islice(cycle(invoices), amounts)],
            dates=[date_long(each.dated, "en") for each in islice(cycle(invoices), dates)],
        )
        return Response(body, media_type=MediaType.HTML)

    return Litestar([home], openapi_config=None, logging_config=None)


def _with_places(page: str) -> tuple[str, int, int]:
    """The page as a template, with how many amounts and dates it takes."""
    amounts, dates = count(), count()
    source = _AMOUNT.sub(lambda _: f"{{{{ amounts[{next(amounts)}] }}}}", page)
    source = _DATE.sub(lambda _: f"{{{{ dates[{next(dates)}] }}}}", source)
    if "{%" in page or "{{" in page:
        raise RuntimeError("the page holds what a template would read")
    return source, next(amounts), next(dates)
