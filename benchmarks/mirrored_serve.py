"""The product with a mirrored backend, in a process of its own: `python mirrored_serve.py SEED_FILE PORT KIND`."""

import socket
import sys
from pathlib import Path

import msgspec
import uvicorn
from mirrored_seed import Mirrored, other_end, plugins
from seeded import MASTER_KEY

from frontdesk_tenants.page_cache import PageCache
from frontdesk_web.app import create_app
from frontdesk_web.config import Config
from frontdesk_web.site import Site

HOST = "127.0.0.1"


def main(seed_file: str, port: str, kind: str) -> None:
    """Serve until killed; `uncached` has room for no pages."""
    mirrored = msgspec.json.decode(Path(seed_file).read_bytes(), type=Mirrored)
    config = Config(
        database_url=mirrored.database_url,
        redis_url=mirrored.redis_url,
        base_url=f"http://{HOST}:{port}",
        master_keys=(MASTER_KEY,),
        plain_http=True,
    )
    site = Site(config, plugins(*other_end()))
    if kind == "uncached":
        site.pages = PageCache(site.cache, 0)
    with socket.create_server((HOST, int(port))) as listener:
        served = uvicorn.Config(
            create_app(site), loop="uvloop", http="httptools", log_config=None, access_log=False, lifespan="on"
        )
        uvicorn.Server(served).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
