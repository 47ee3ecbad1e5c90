"""What carriers say of letters that they took: the address that each is given, and the route behind it.

The address is the proof: its last part is an HMAC of what is before it, of which nobody but the carrier is told. A
channel whose carrier signs its reports looks at the signature too (`PasscodeChannel.read_report`).
"""

import re
from collections.abc import Mapping

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk.channels import Report, unrevealing
from frontdesk.sentences import in_english
from frontdesk_tenants import carried_texts, passcodes
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import is_token_of, token_of
from frontdesk_web.forms import read_form
from frontdesk_web.letters import post as letters
from frontdesk_web.site import Site

PATH = "/reports/{report:str}"
_PURPOSE = "report"
_REPORT = re.compile(rf"([A-Za-z0-9]{{{PUBLIC_ID_LENGTH}}})\.([A-Za-z0-9_]{{1,100}})\.([A-Za-z0-9_-]{{43}})", re.ASCII)


def report_url(site: Site, door: Door, cause: str) -> str:
    """Where the carrier of a letter may say what became of it."""
    proof = token_of(site.tenancy.vault, _PURPOSE, f"{door.tenant_id} {cause}")
    return site.config.url(f"/reports/{door.public_id}.{cause}.{proof}")


@get(PATH)
async def report_by_get(request: AnyRequest, report: FromPath[str], site: NamedDependency[Site]) -> Response[None]:
    """A report in the query of an address, as Kannel sends it. It may come again: it changes nothing then."""
    return await _noted(request, site, report, {})


@post(PATH)
async def report_by_post(request: AnyRequest, report: FromPath[str], site: NamedDependency[Site]) -> Response[None]:
    """A report in a form, as Twilio sends it."""
    return await _noted(request, site, report, await read_form(request))


async def _noted(request: AnyRequest, site: Site, address: str, form: Mapping[str, str]) -> Response[None]:
    door, letter = await _letter(site, address)
    query = request.scope["query_string"].decode("ascii", "replace")
    report = Report(
        url=site.config.url(request.scope["path"]) + (f"?{query}" if query else ""),
        query=dict(request.query_params.items()),
        form=form,
        headers={name.lower(): value for name, value in request.headers.items()},
    )
    async with site.tenancy.database.side(door.tenant_id) as connection:
        for way in await letters.ways(site, connection, door):
            said = way.read_report(report) if way.reports else None
            if said is None:
                continue
            now, detail = await clock(connection), unrevealing(in_english(said.detail), None)
            if await carried_texts.note_report(connection, letter, said.outcome, detail, now):
                await passcodes.note_report(connection, letter, said.outcome)
            break
    # The same for every report: a carrier repeats what is not answered so.
    return Response(None, status_code=204)


async def _letter(site: Site, address: str) -> tuple[Door, str]:
    """The side and the letter of a report. Raises NotFoundException where the address is none that we gave."""
    found = _REPORT.fullmatch(address)
    door = None if found is None else await site.tenancy.directory.by_public_id(found[1])
    if found is None or door is None:
        raise NotFoundException
    if not is_token_of(site.tenancy.vault, _PURPOSE, f"{door.tenant_id} {found[2]}", found[3]):
        raise NotFoundException
    return door, found[2]


routes = [report_by_get, report_by_post]
