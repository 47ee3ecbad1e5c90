"""What every request goes through: key, limit, parameters, idempotency key, one act, expansion, answer.

With a local backend a request is one transaction: the claim of its idempotency key, the effect and the stored answer
come true together or not at all. With a remote backend the transactions around the backend's call are short.
"""

import hashlib
from time import perf_counter
from urllib.parse import urlencode

import msgspec
from litestar import Response

from frontdesk.api_permissions import Access
from frontdesk.errors import Unavailable
from frontdesk.permissions import may_change
from frontdesk_tenants import idempotency
from frontdesk_tenants.database import Busy, clock
from frontdesk_web.addresses_of_callers import caller
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api import errors, expansions
from frontdesk_web.api.areas import area_of, refuse_unpermitted
from frontdesk_web.api.authentication import door_of, own_account_id, presented_key, refuse_other_account, secret_key
from frontdesk_web.api.calls import EXPAND, Call, Endpoint
from frontdesk_web.api.errors import PORTAL_STATE, ApiError, stated_version
from frontdesk_web.api.floods import refuse_flood
from frontdesk_web.api.forms import Tree, read_form, read_json
from frontdesk_web.api.parameters import read
from frontdesk_web.api.recording import Answered
from frontdesk_web.forms import kind_of_body
from frontdesk_web.headers import let_do_nothing, request_id
from frontdesk_web.site import Site
from frontdesk_web.uploads import FORM_WITH_FILES, Posted, read_upload

IDEMPOTENCY_KEY_LENGTH = 255
_ACCEPTED = {"form": ("", "application/x-www-form-urlencoded"), "json": ("application/json",)}
_WRONG_MEDIA_TYPE = {
    "form": "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
    "json": "Invalid request (check that your POST content type is application/json).",
}


class _Seen:
    """What became known of a request while it was answered, for the log."""

    def __init__(self) -> None:
        self.started = perf_counter()
        self.call: Call | None = None
        self.tree: Tree | None = None


async def serve(site: Site, request: AnyRequest, endpoint: Endpoint) -> Response[bytes]:
    """Answer a request, and note it in the log of the side whose key it has."""
    seen = _Seen()
    try:
        answer = await _served(site, request, endpoint, seen)
    except Exception as error:
        answer = errors.api_problem(site.config, request, error)
    if seen.call is not None:
        _note(site, request, seen, seen.call, answer)
    return answer


def _note(site: Site, request: AnyRequest, seen: _Seen, call: Call, answer: Response[bytes]) -> None:
    site.requests.note(
        Answered(
            tenant_id=call.door.tenant_id,
            id=call.request_id,
            at=call.at,
            method=request.scope["method"],
            path=request.scope["path"],
            status=answer.status_code or 200,
            key=call.key.id,
            network=str(caller(request, site.config)),
            agent=request.headers.get("user-agent", ""),
            version=stated_version(request),
            idempotency_key=request.headers.get("idempotency-key"),
            milliseconds=round((perf_counter() - seen.started) * 1000),
            given=seen.tree,
            body=answer.content,
        )
    )


UPCOMING = "upcoming"
"""What stood in the place of an invoice's id until 2025-03-31.basil, with parameters of its own."""


async def _served(site: Site, request: AnyRequest, endpoint: Endpoint, seen: _Seen) -> Response[bytes]:
    """The answer. What is raised becomes one in `errors.api_problem`."""
    if errors.leaves_something_out(request):
        # The router does not mind; but an object whose id was left out by mistake is no list.
        raise errors.unrecognized(request)
    errors.refuse_malformed_version(request)
    key = presented_key(request)
    door = await door_of(site.tenancy, key)
    tenancy = site.tenancy
    async with tenancy.at(door) as (connection, side):
        now = await clock(connection)
        found = await secret_key(connection, key, now)
        for each in ("stripe-account", "stripe-context"):
            # To act on the key's own data where another account is meant would be worse than a refusal.
            refuse_other_account(found, door, request.headers.get(each) or own_account_id(door))
        request.scope["state"][PORTAL_STATE] = door.portal
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    call = Call(site, door, side, found, request_id(request.scope), now)
    seen.call = call
    await refuse_flood(site, door, found, now)
    if found.permissions is not None:
        access: Access = "read" if endpoint.method == "GET" else "write"
        refuse_unpermitted(found, door.livemode, door.public_id, area_of(endpoint.path), access)
    if endpoint.method != "GET" and not endpoint.while_suspended:
        # Before the idempotency key is looked at: the same request is good once the suspension is lifted.
        may_change(side.suspended).or_refuse()
    if endpoint.uploads is not None and kind_of_body(request) == FORM_WITH_FILES:
        call.uploaded = await read_upload(request, endpoint.uploads)
        tree = _tree_of_upload(request, call.uploaded)
    else:
        tree = _tree(request, endpoint, await request.body())
    seen.tree = tree
    call.path = request.path_params
    if call.path.get("invoice") == UPCOMING:
        raise errors.unrecognized(request)
    if backend.capabilities.remote:
        return await _once(call, request, endpoint, tree)
    async with call.one_transaction():
        return await _once(call, request, endpoint, tree)


async def _once(call: Call, request: AnyRequest, endpoint: Endpoint, tree: Tree) -> Response[bytes]:
    """Do the work, or answer what the same idempotency key was answered before."""
    key = _idempotency_key(request) if endpoint.method == "POST" else None
    headers = {"Stripe-Version": stated_version(request)}
    if key is None:
        try:
            body = await _answered(call, endpoint, tree)
        except ApiError as error:
            if not error.keeps:
                raise
            return errors.api_problem(call.site.config, request, error)
        if call.sends is None:
            return _response(200, body, headers)
        let_do_nothing(request.scope)
        return Response(content=call.sends.content, media_type=call.sends.media_type, headers=headers)
    headers["Idempotency-Key"] = key
    hash_ = _request_hash(request, tree)
    async with call.transaction() as connection:
        before = await idempotency.claim(connection, call.door.tenant_id, key, hash_, call.request_id, call.now)
    if before is not None:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": before.request_id}
        return _response(before.status, before.body, headers)
    try:
        status, body = 200, await _answered(call, endpoint, tree)
    except Unavailable as error:
        # A transaction that spans the request takes its claim back by itself. A remote call may have had its effect
        # all the same, and then must not be made again: the answer stays, as at Stripe, and a job finds out.
        if call.in_one_transaction or isinstance(error, Busy):
            raise
        problem = errors.api_problem(call.site.config, request, error)
        status, body, headers = problem.status_code or 503, problem.content, dict(problem.headers)
    except Exception as error:
        if isinstance(error, ApiError) and error.keeps:
            # What a bank said is written down, so whoever asks again is told the same.
            problem = errors.api_problem(call.site.config, request, error)
            status, body = problem.status_code or 402, problem.content
        else:
            if not call.in_one_transaction:
                async with call.transaction() as connection:
                    await idempotency.release(connection, key)
            raise
    async with call.transaction() as connection:
        await idempotency.keep(connection, key, status, body)
    return _response(status, body, headers)


async def _answered(call: Call, endpoint: Endpoint, tree: Tree) -> bytes:
    takes = endpoint.takes if endpoint.body == "json" else {**endpoint.takes, "expand": EXPAND}
    call.given = read(takes, tree)
    wanted = call.given.pop("expand", ()) if endpoint.body == "form" else ()
    call.expanded = expansions.read_paths(wanted)
    answer = await endpoint.act(call)
    await expansions.expand(call, answer, call.expanded)
    return msgspec.json.encode(answer)


def _tree(request: AnyRequest, endpoint: Endpoint, raw_body: bytes) -> Tree:
    """What was given, in the query string and in the body alike."""
    query: bytes = request.scope["query_string"]
    if endpoint.method == "GET":
        return read_form(query)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw_body and media_type not in _ACCEPTED[endpoint.body]:
        raise ApiError(_WRONG_MEDIA_TYPE[endpoint.body])
    if endpoint.body == "json":
        return read_form(query) | read_json(raw_body)
    return read_form(b"&".join((query, raw_body)))


def _tree_of_upload(request: AnyRequest, posted: Posted) -> Tree:
    """The same of a form with files. In the place of a file stands what tells it from any other."""
    query: bytes = request.scope["query_string"]
    tree = read_form(b"&".join((query, urlencode(posted.fields).encode())))
    for name in posted.too_large:
        tree[name] = "too large"
    for name, content in posted.files.items():
        tree[name] = hashlib.sha256(content).hexdigest()
    return tree


def _idempotency_key(request: AnyRequest) -> str | None:
    key = request.headers.get("idempotency-key")
    if not key:
        return None
    if len(key) > IDEMPOTENCY_KEY_LENGTH:
        raise ApiError(
            f"Idempotency keys have at most {IDEMPOTENCY_KEY_LENGTH} characters; this one has {len(key)}.",
            type="idempotency_error",
        )
    return key


def _request_hash(request: AnyRequest, tree: Tree) -> bytes:
    """What makes two requests the same: address and parameters, in whatever order they were written."""
    asked = (request.scope["method"], request.scope["path"], tree)
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()


def _response(status: int, body: bytes, headers: dict[str, str]) -> Response[bytes]:
    return Response(content=body, status_code=status, media_type="application/json", headers=headers)
