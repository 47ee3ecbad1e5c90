"""Where DATABASE_URL is not set: embedded servers and a key of their own, under one directory of this machine."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from frontdesk.errors import Misconfigured

DEFAULT_DIRECTORY = ".frontdesk"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"


def completed(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with what embedded servers can supply, where the operator named no servers of their own.

    The data lies in FRONTDESK_DATA (default `.frontdesk`). Where DATABASE_URL is set nothing is added.
    """
    if environment.get("DATABASE_URL"):
        return dict(environment)
    return {**local_environment(Path(environment.get("FRONTDESK_DATA", DEFAULT_DIRECTORY))), **environment}


def local_environment(data: Path) -> dict[str, str]:
    """Start the embedded servers of `data` and say where they are. Raises Misconfigured."""
    try:
        from frontdesk_tenants.embedded import start_servers
        from frontdesk_tenants.embedded_processes import EmbeddedServerError
    except ImportError as error:
        raise Misconfigured("Set DATABASE_URL, or install frontdesk-tenants[embedded].", "DATABASE_URL") from error
    data.mkdir(parents=True, exist_ok=True)
    try:
        servers = start_servers(data)
    except EmbeddedServerError as error:
        raise Misconfigured(str(error), "DATABASE_URL") from error
    return {
        "DATABASE_URL": servers.database_url,
        "DATABASE_OWNER_URL": servers.database_owner_url,
        "REDIS_URL": servers.redis_url,
        "FRONTDESK_MASTER_KEY": master_key(data / "master.key"),
        "FRONTDESK_BASE_URL": DEFAULT_BASE_URL,
    }


def master_key(path: Path) -> str:
    """The key in `path`, made at the first call, readable by its owner alone."""
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
