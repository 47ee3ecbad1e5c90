"""What the pages about webhooks and events show."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.dashboard.email_views import Fact
from frontdesk_web.dashboard.views import Tab, Table
from frontdesk_web.portal.views import Badge, Detail, Field, Notice, Option


class Sample(Struct, frozen=True, kw_only=True):
    """A few lines of a program."""

    language: str
    code: str


class WebhooksPage(Struct, frozen=True, kw_only=True):
    """The endpoints. `new_url` is empty for whoever may not add one; `full` says why nobody can."""

    template: ClassVar[str] = "dashboard/webhooks.html"
    table: Table | None
    new_url: str
    times_url: str
    samples: tuple[Sample, ...]
    full: str = ""
    notice: Notice | None = None


class EventGroup(Struct, frozen=True, kw_only=True):
    """Types of one kind of thing to choose from. `open` where one of them is chosen."""

    title: str
    options: tuple[Option, ...]
    open: bool


class WebhookFormPage(Struct, frozen=True, kw_only=True):
    """The form of an endpoint. Posts `url`, `description`, `which` (all, some) and `event`s."""

    template: ClassVar[str] = "dashboard/webhook_form.html"
    title: str
    button: str
    action: str
    csrf: str
    back_text: str
    back_url: str
    url: Field
    description: Field
    everything: bool
    groups: tuple[EventGroup, ...]
    events_error: str = ""
    error: str = ""


class WebhookPage(Struct, frozen=True, kw_only=True):
    """One endpoint and what it was told. Actions are empty for whoever may not do them."""

    template: ClassVar[str] = "dashboard/webhook.html"
    title: str
    csrf: str
    back_url: str
    badge: Badge
    facts: tuple[Detail, ...]
    types: tuple[str, ...]
    tabs: tuple[Tab, ...]
    table: Table | None
    nothing: str
    edit_url: str
    secret_url: str
    switch_action: str
    enabled: bool
    delete_action: str
    again_action: str
    spans: tuple[Option, ...]
    warning: Notice | None = None
    notice: Notice | None = None


class WebhookSecretPage(Struct, frozen=True, kw_only=True):
    """What an endpoint's calls are signed with. `former` says until when another secret signs too."""

    template: ClassVar[str] = "dashboard/webhook_secret.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    secret: str
    overlaps: tuple[Option, ...]
    samples: tuple[Sample, ...]
    former: str = ""
    notice: Notice | None = None


class AttemptView(Struct, frozen=True, kw_only=True):
    """One call: when, what came of it, how long it took, and the answer."""

    at: str
    badge: Badge
    took: str
    answer: str


class WebhookDeliveryPage(Struct, frozen=True, kw_only=True):
    """What became of telling one event to one endpoint."""

    template: ClassVar[str] = "dashboard/webhook_delivery.html"
    title: str
    csrf: str
    back_text: str
    back_url: str
    badge: Badge
    meaning: str
    facts: tuple[Fact, ...]
    attempts: tuple[AttemptView, ...]
    body: str
    again_action: str
    notice: Notice | None = None


class EventsPage(Struct, frozen=True, kw_only=True):
    """What happened in the last thirty days. `types` are the choices of the filter."""

    template: ClassVar[str] = "dashboard/events.html"
    action: str
    types: tuple[Option, ...]
    table: Table | None
    filtered: bool


class EventPage(Struct, frozen=True, kw_only=True):
    """One event as it is told, and who was told."""

    template: ClassVar[str] = "dashboard/event.html"
    title: str
    back_url: str
    facts: tuple[Fact, ...]
    body: str
    table: Table | None
