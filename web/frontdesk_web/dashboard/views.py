"""What surrounds every page of the dashboard, and the parts that pages share: frozen structs of finished text."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.dashboard import ways
from frontdesk_web.portal.frames import Language
from frontdesk_web.portal.views import Badge, Notice


class NavItem(Struct, frozen=True, kw_only=True):
    """An entry of the navigation. `icon` is the name of a symbol in icons.svg."""

    text: str
    url: str
    icon: str
    current: bool = False


class NavGroup(Struct, frozen=True, kw_only=True):
    """Entries that belong together, under a small title or none."""

    items: tuple[NavItem, ...]
    title: str = ""


class DashboardFrame(Struct, frozen=True, kw_only=True):
    """What surrounds every page. `notice` stands above all pages of the side, such as that it is suspended.

    `here_on_live` and `here_in_sandbox` are the overview of either side; `workplaces_url` is None for somebody who
    works for one tenant.
    """

    tenant: str
    sandbox: bool
    here_on_live: str
    here_in_sandbox: str
    navigation: tuple[NavGroup, ...]
    person: str
    role: str
    account_url: str
    sign_out_action: str
    csrf: str
    languages: tuple[Language, ...]
    workplaces_url: str | None = None
    notice: Notice | None = None
    session_url: str = ways.SESSION
    switches: bool = True
    """Whether there is a live side and a sandbox to switch between: not on the operator's pages."""


class Cell(Struct, frozen=True, kw_only=True):
    """A cell of a table: text, or a badge; `detail` is smaller beneath, and left out on phones where it is minor.

    `picture` is an address to show in front, empty for one that is missing; None where the table has none.
    """

    text: str = ""
    detail: str = ""
    detail_minor: bool = False
    badge: Badge | None = None
    picture: str | None = None


class Row(Struct, frozen=True, kw_only=True):
    """A row of a table, which is a link as a whole. `cells` go along with the table's columns."""

    url: str
    cells: tuple[Cell, ...]


class Column(Struct, frozen=True, kw_only=True):
    """A column. Numbers stand right; `minor` ones are left out on phones."""

    title: str
    number: bool = False
    minor: bool = False


class Table(Struct, frozen=True, kw_only=True):
    """A table of rows that are links, with the ways to the pages around it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    newer_url: str | None = None
    older_url: str | None = None


class Tab(Struct, frozen=True, kw_only=True):
    """A way between views of the same thing."""

    text: str
    url: str
    current: bool = False


class PictureField(Struct, frozen=True, kw_only=True):
    """A field that takes a picture: `name` is that of the stored one and is posted, `url` shows it. Scripts send a
    picture to `upload_url` as soon as it is chosen."""

    name: str = ""
    url: str = ""
    removed: bool = False
    error: str = ""
    upload_url: str = ""


class RefusedPage(Struct, frozen=True, kw_only=True):
    """A thing that cannot be done, and why; with a way back."""

    template: ClassVar[str] = "dashboard/refused.html"
    title: str
    sentence: str
    back_text: str
    back_url: str
