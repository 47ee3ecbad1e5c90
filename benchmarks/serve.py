"""One measured server in a process of its own: `python serve.py NAME SEED_FILE LISTENING_SOCKET`."""

import socket
import sys
from pathlib import Path

import msgspec
import uvicorn
from litestar.types import ASGIApp
from seeded import MASTER_KEY, Seeded

HOST = "127.0.0.1"
PAGE = "page.html"


def bare(seeded: Seeded, folder: Path, port: int) -> ASGIApp:
    """Litestar answering the page's bytes, without any middleware: as fast as the framework goes."""
    from litestar import Litestar, MediaType, Response, get

    body = (folder / PAGE).read_bytes()

    @get("/p/{portal:str}")
    async def answer(portal: str) -> Response[bytes]:
        return Response(body, media_type=MediaType.HTML)

    return Litestar([answer], openapi_config=None, logging_config=None)


def cached(seeded: Seeded, folder: Path, port: int) -> ASGIApp:
    """The product as it is served."""
    return _product(seeded, port)


def uncached(seeded: Seeded, folder: Path, port: int) -> ASGIApp:
    """The product with room for no pages, so that each is made anew."""
    return _product(seeded, port, room=0)


def lean(seeded: Seeded, folder: Path, port: int) -> ASGIApp:
    """The page with nothing to decide."""
    from lean import create

    return create(seeded, (folder / PAGE).read_text())


def usual(seeded: Seeded, folder: Path, port: int) -> ASGIApp:
    """The page as it is usually written."""
    from usual import create

    return create(seeded)


SERVERS = {each.__name__: each for each in (bare, lean, uncached, cached, usual)}


def _product(seeded: Seeded, port: int, room: int | None = None) -> ASGIApp:
    from frontdesk_tenants.page_cache import PageCache
    from frontdesk_web.app import create_app
    from frontdesk_web.config import Config
    from frontdesk_web.site import Site

    site = Site(
        Config(
            database_url=seeded.database_url,
            redis_url=seeded.redis_url,
            base_url=f"http://{HOST}:{port}",
            master_keys=(MASTER_KEY,),
            plain_http=True,
        )
    )
    if room is not None:
        site.pages = PageCache(site.cache, room)
    return create_app(site)


def main(name: str, seed_file: str, port: str) -> None:
    """Serve until killed."""
    path = Path(seed_file)
    seeded = msgspec.json.decode(path.read_bytes(), type=Seeded)
    app = SERVERS[name](seeded, path.parent, int(port))
    with socket.create_server((HOST, int(port))) as listener:
        config = uvicorn.Config(app, loop="uvloop", http="httptools", log_config=None, access_log=False, lifespan="on")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
