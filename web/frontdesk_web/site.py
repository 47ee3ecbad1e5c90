"""What one process serves from: configuration, tenancy, renderer, limits and the fast way to the home page."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from frontdesk.plugins import PluginHost
from frontdesk_tenants.home_reads import HomeReads
from frontdesk_tenants.page_cache import PageCache
from frontdesk_tenants.rate_limits import Limiter
from frontdesk_tenants.shared_cache import SharedCache
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web import plugin_words
from frontdesk_web.api.recording import RequestRecorder
from frontdesk_web.config import Config
from frontdesk_web.house import House
from frontdesk_web.portal.shells import Shells
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import StaticFiles

if TYPE_CHECKING:
    from frontdesk_tenants.name_servers import NameServers
    from frontdesk_tenants.openid import OpenId
    from frontdesk_tenants.outside import Outside


class DemoDoors(Struct, frozen=True, kw_only=True):
    """Where the demo's visitors go in: the login links of its made-up tenants, by name, and the mailbox."""

    portals: tuple[tuple[str, str], ...]
    mailbox: str


class Site:
    """Made once per process. `open()` connects, `aclose()` lets go."""

    def __init__(self, config: Config, plugins: PluginHost | None = None) -> None:
        self.config = config
        self.plugins = plugins or PluginHost.load(config.plugins)
        plugin_words.learn(self.plugins.message_catalogues())
        self.tenancy = Tenancy(config.database_url, config.master_keys, self.plugins)
        self.tenancy.channels.outside = lambda: self.outside
        self.static_files = StaticFiles()
        self.renderer = Renderer(self.static_files, reload=config.development)
        self.shells = Shells(self.renderer)
        self.cache = SharedCache(config.redis_url)
        self.limiter = Limiter(self.tenancy.database, self.cache)
        self.home_reads = HomeReads(config.database_url)
        self.pages = PageCache(self.cache)
        self.house = House(self.tenancy.database)
        self.demo_doors: DemoDoors | None = None
        self.requests = RequestRecorder(self.tenancy.database)

    @cached_property
    def names(self) -> "NameServers":
        """The DNS, for domains that tenants name. Made when first used, as `outside` is."""
        from frontdesk_tenants.name_servers import NameServers

        return NameServers(self.config.dns_servers)

    @cached_property
    def outside(self) -> "Outside":
        """The way to servers that tenants name. Made when first used: most processes never ask any."""
        from frontdesk_tenants.outside import Outside

        return Outside(loopback=self.config.loopback_servers)

    @cached_property
    def openid(self) -> "OpenId":
        """The way to tenants' identity providers. Made when first used, as `outside` is."""
        from frontdesk_tenants.openid import OpenId

        return OpenId(self.outside)

    async def open(self) -> None:
        """Connect to PostgreSQL. Redis or Valkey is connected to when it is first needed, since it may be away."""
        await self.tenancy.open()
        await self.home_reads.open()
        await self.house.open()

    async def aclose(self) -> None:
        """Let go of every connection."""
        if "outside" in self.__dict__:
            await self.outside.aclose()
        await self.requests.aclose()
        await self.house.aclose()
        await self.home_reads.aclose()
        await self.cache.aclose()
        await self.tenancy.aclose()
