"""The application as a server loads it: `frontdesk_web.serving:app`, made from the environment."""

import os

from litestar.types import ASGIApp

from frontdesk_web.app import create_app
from frontdesk_web.config import from_environment
from frontdesk_web.local_servers import completed
from frontdesk_web.logs import log_to_stderr
from frontdesk_web.site import Site


def app() -> ASGIApp:
    """The factory for uvicorn, one call a process. Raises Misconfigured."""
    log_to_stderr()
    return create_app(Site(from_environment(completed(os.environ))))
