"""What billing backends tell us: taken in, verified and answered at once, without a word to anybody.

Whatever is not signed by the account that the side is connected with is answered alike, and nothing of it is kept.
"""

from litestar import MediaType, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from frontdesk.errors import FrontdeskError, Unavailable
from frontdesk.mirroring import Forged
from frontdesk_tenants.mirror_inbox import LARGEST, take_in
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.site import Site

REFUSED = "This message was not accepted.\n"
TAKEN = "ok\n"


def _answer(text: str, status: int, retry_after: int | None = None) -> Response[str]:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(text, status_code=status, media_type=MediaType.TEXT, headers=headers)


@post("/webhooks/{side:str}/{endpoint:str}", request_max_body_size=LARGEST)
async def hear(
    side: FromPath[str], endpoint: FromPath[str], request: AnyRequest, site: NamedDependency[Site]
) -> Response[str]:
    """Take in one message: 200 once it is written down, 400 for what does not come from the backend, 413 for what is
    larger than any that does."""
    body = await request.body()
    # Each backend has a name of its own for the header that its messages are signed in.
    signature = next((value for name, value in request.headers.items() if name.endswith("-signature")), "")
    try:
        door = await site.tenancy.directory.by_public_id(side)
        if door is None:
            return _answer(REFUSED, 400)
        await take_in(site.tenancy, door, endpoint, body, signature)
    except Unavailable as error:
        return _answer("Try again.\n", 503, error.retry_after)
    except (Forged, FrontdeskError):
        return _answer(REFUSED, 400)
    return _answer(TAKEN, 200)


routes = [hear]
