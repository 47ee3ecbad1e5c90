"""Forms with files, read strictly: what a browser sends is understood, and nothing else is (trust.md C9)."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Request, post
from sites import RunningSite, serve_site

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_web.uploads import BODY_BYTES, TEXT_BYTES, read_upload

LIMIT = 1000
BOUNDARY = "limit"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


@post("/upload", request_max_body_size=BODY_BYTES, status_code=200)
async def upload(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Says what was understood."""
    posted = await read_upload(request, {"image": LIMIT, "logo": LIMIT})
    return {
        "fields": dict(posted.fields),
        "files": {name: content.decode("latin-1") for name, content in posted.files.items()},
        "too_large": sorted(posted.too_large),
    }


@pytest.fixture(scope="module")
def upload_site(postgres: PostgresAddresses) -> Iterator[RunningSite]:
    with serve_site(postgres, plain_http=True, extra_routes=(upload,)) as running:
        yield running


async def sent(site: RunningSite, **request: Any) -> httpx.Response:
    async with site.client() as client:
        return await client.post("/upload", **request)


def part(name: str, content: bytes, more: str = "", head: str = "") -> bytes:
    """One part as it stands in a body."""
    disposition = f'Content-Disposition: form-data; name="{name}"{more}'
    return f"--{BOUNDARY}\r\n{disposition}\r\n{head}\r\n".encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def posted(site: RunningSite, content: bytes, kind: str = KIND) -> httpx.Response:
    return await sent(site, content=content, headers={"Content-Type": kind})


async def test_a_form_with_a_file(upload_site: RunningSite) -> None:
    answer = await sent(
        upload_site, data={"name": "Zürich ☂", "text": "a\r\nb"}, files={"image": ("../../x.png", b"\x89PNG\r\n--")}
    )
    assert answer.json() == {
        "fields": {"name": "Zürich ☂", "text": "a\r\nb"},
        "files": {"image": "\x89PNG\r\n--"},
        "too_large": [],
    }


async def test_a_field_in_which_no_file_was_chosen(upload_site: RunningSite) -> None:
    head = "Content-Type: application/octet-stream\r\n"
    answer = await posted(upload_site, body(part("a", b"1"), part("image", b"", '; filename=""', head)))
    assert answer.json() == {"fields": {"a": "1"}, "files": {}, "too_large": []}


async def test_an_empty_file_was_chosen_all_the_same(upload_site: RunningSite) -> None:
    answer = await posted(upload_site, body(part("image", b"", '; filename="empty.png"')))
    assert answer.json()["files"] == {"image": ""}


async def test_a_form_without_files(upload_site: RunningSite) -> None:
    answer = await sent(upload_site, data={"name": "Desk", "twice": ["1", "2"]})
    assert answer.json() == {"fields": {"name": "Desk", "twice": ""}, "files": {}, "too_large": []}


async def test_a_field_that_is_given_twice_counts_as_not_given(upload_site: RunningSite) -> None:
    answer = await posted(upload_site, body(part("a", b"1"), part("a", b"2"), part("b", b"3")))
    assert answer.json()["fields"] == {"a": "", "b": "3"}


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1, 3_000_000])
async def test_a_file_over_its_limit_is_dropped_and_the_fields_are_kept(upload_site: RunningSite, size: int) -> None:
    files = {"image": ("big.png", b"x" * size), "logo": ("small.png", b"y")}
    answer = await sent(upload_site, data={"name": "typed"}, files=files)
    told = answer.json()
    assert told["fields"] == {"name": "typed"}
    assert told["files"] == ({"logo": "y"} if size > LIMIT else {"image": "x" * size, "logo": "y"})
    assert told["too_large"] == (["image"] if size > LIMIT else [])


async def test_bodies_that_are_too_large(upload_site: RunningSite) -> None:
    text = b"a=" + b"x" * TEXT_BYTES
    assert (await posted(upload_site, text, "application/x-www-form-urlencoded")).status_code == 413
    assert (await posted(upload_site, body(part("a", text), part("b", b"1")))).status_code == 413
    half = b"x" * (TEXT_BYTES // 2 + 1)
    assert (await posted(upload_site, body(part("a", half), part("b", half)))).status_code == 413
    answer = await posted(upload_site, body(part("image", b"x" * BODY_BYTES, '; filename="a"')))
    assert answer.status_code == 413
    assert "choose a smaller file" in answer.text


MALFORMED = {
    "no boundary": ("multipart/form-data", body(part("a", b"1"))),
    "another boundary": ("multipart/form-data; boundary=other", body(part("a", b"1"))),
    "cut off": (KIND, body(part("a", b"1"))[:-6]),
    "cut off in a file": (KIND, part("image", b"1" * 99, '; filename="a"')[:-20]),
    "nothing": (KIND, b""),
    "something before the start": (KIND, b"x" * 50 + body(part("a", b"1"))),
    "another end": (KIND, body(part("a", b"1"))[:-4] + b"XX\r\n"),
    "no name": (KIND, body(part("a", b"1")).replace(b'; name="a"', b"")),
    "no disposition": (KIND, body(part("a", b"1")).replace(b"Content-Disposition", b"Content-Something")),
    "another disposition": (KIND, body(part("a", b"1")).replace(b"form-data;", b"attachment;")),
    "a head without end": (KIND, body(part("a", b"1", head="X-A: " + "x" * 9000 + "\r\n"))),
    "many heads": (KIND, body(part("a", b"1", head="X-A: 1\r\n" * 20))),
    "a length that is not true": (KIND, body(part("a", b"1", head="Content-Length: 900\r\n"))),
    "a head that is no UTF-8": (KIND, body(part("a", b"1")).replace(b'"a"', b'"\xff"')),
    "bare line feeds": (KIND, body(part("a", b"1")).replace(b"\r\n", b"\n")),
    "many fields": (KIND, body(*(part(f"f{number}", b"1") for number in range(101)))),
    "a file where none is taken": (KIND, body(part("name", b"1", '; filename="a.png"'))),
    "two files in one field": (KIND, body(*[part("image", b"1", '; filename="a.png"')] * 2)),
    "two files, the first too large": (
        KIND,
        body(
            part("image", b"x" * 2000, '; filename="a"'),
            part("image", b"1", '; filename="a"'),
        ),
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_no_browser_sends_is_refused(upload_site: RunningSite, name: str) -> None:
    kind, content = MALFORMED[name]
    async with upload_site.client() as client:
        raw = await client.post("/upload", content=content, headers=[(b"content-type", kind.encode("latin-1"))])
    assert raw.status_code == 400, raw.text


async def test_bodies_of_another_kind_have_no_fields(upload_site: RunningSite) -> None:
    for kind in ("application/json", "text/plain", "multipart/mixed; boundary=limit", "image/png", ""):
        answer = await posted(upload_site, body(part("a", b"1")), kind)
        assert answer.json() == {"fields": {}, "files": {}, "too_large": []}, kind


async def test_who_goes_away_while_sending_is_no_error_of_ours(
    upload_site: RunningSite, caplog: pytest.LogCaptureFixture
) -> None:
    whole = body(part("a", b"1" * 9000))
    head = (
        f"POST /upload HTTP/1.1\r\nHost: {upload_site.config.host}\r\nContent-Type: {KIND}\r\n"
        f"Content-Length: {len(whole)}\r\n\r\n"
    )
    for _ in range(5):
        _reader, writer = await asyncio.open_connection("127.0.0.1", upload_site.port)
        writer.write(head.encode() + whole[:2000])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    # By then the server has seen all of them go.
    assert (await posted(upload_site, body(part("a", b"1")))).status_code == 200
    assert [each.message for each in caplog.records if each.name.startswith("frontdesk")] == []


async def test_every_cut_of_a_body_is_read_or_refused(upload_site: RunningSite) -> None:
    """However the bytes arrive, the same is understood; and no beginning of a body is taken for the whole."""
    whole = body(part("a", b"1\r\n--limi\r\n"), part("image", b"\r\n--limi\r--", '; filename="a"'))
    async with upload_site.client() as client:
        for cut in range(1, len(whole) - 1, 7):

            async def chunks(at: int = cut) -> Any:
                yield whole[:at]
                yield whole[at:]

            answer = await client.post("/upload", content=chunks(), headers={"Content-Type": KIND})
            assert answer.json()["fields"] == {"a": "1\r\n--limi\r\n"}, cut
            assert answer.json()["files"] == {"image": "\r\n--limi\r--"}, cut
            short = await client.post("/upload", content=whole[:cut], headers={"Content-Type": KIND})
            assert short.status_code == 400, cut
