"""What a measured server is told: by itself, so that it imports nothing that seeding needs and serving does not."""

from msgspec import Struct

from frontdesk.secret import Secret

MASTER_KEY = Secret("for measurements only: 0123456789abcdef")


class Seeded(Struct, frozen=True, kw_only=True):
    """Where the databases are, and the session that asks for the page."""

    database_url: str
    redis_url: str
    portal: str
    secret: str
