"""What the tests of the web share: the API on a real socket."""

from api_server import api_key, api_server, shop

__all__ = ["api_key", "api_server", "shop"]
