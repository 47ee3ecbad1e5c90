"""All hooks of Frontdesk, on one page.

The grammar tells the kind:

* a plural noun **provides**: it returns classes (or the folder of its files), and every installed plugin is asked
  once, at start;
* a noun with what it is about **decorates**: it returns frozen structs, per request, and only plugins that are enabled
  for the tenant are asked;
* a past tense **announces**: it returns nothing and may be `async def`; enabled plugins are told after the commit.

Hooks that provide or decorate are plain functions, quick and without I/O: I/O belongs in the async methods of the
classes that are provided. An implementation takes the arguments that it names, so a hook can get more of them later.
"""

from collections.abc import Sequence
from pathlib import Path

import pluggy

from frontdesk.billing import AnyBackend
from frontdesk.book import Account
from frontdesk.channels import AnyChannel
from frontdesk.events import CustomerSignedIn, InvoicePaid, OfferTaken, PlanChanged, SubscriptionCanceled
from frontdesk.panels import Panel
from frontdesk.tax_calculators import TaxCalculator
from frontdesk.tax_id_checkers import TaxIdChecker
from frontdesk.taxes import TaxCatalogue

PROJECT = "frontdesk"
"""The name of the entry point group and of the markers."""

hookspec = pluggy.HookspecMarker(PROJECT)
"""Marks a hook that plugins can implement."""
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's function as the implementation of the hook of the same name."""


@hookspec
def billing_backends() -> Sequence[type[AnyBackend]]:
    """Provide billing backends: classes that decide what a billing command does.

    A tenant chooses one by its `name`. Two plugins that provide the same name refuse to start.
    """
    raise NotImplementedError


@hookspec
def tax_catalogues() -> Sequence[type[TaxCatalogue]]:
    """Provide tax catalogues: classes that know the tax codes which a product can have."""
    raise NotImplementedError


@hookspec
def tax_calculators() -> Sequence[type[TaxCalculator]]:
    """Provide tax calculators: classes that know the rates of places, by tax code and day.

    For each place in which a tenant is registered, the first that knows it answers, Frontdesk's own last.
    """
    raise NotImplementedError


@hookspec
def tax_id_checkers() -> Sequence[type[TaxIdChecker]]:
    """Provide tax id checkers: classes that ask a country's register whether a tax id is somebody's.

    Where none knows a type, ids of it stay unconfirmed until a tenant's staff confirm them.
    """
    raise NotImplementedError


@hookspec
def otp_channels() -> Sequence[type[AnyChannel]]:
    """Provide passcode channels: classes that carry a finished letter to a customer.

    A tenant chooses one by its `name` and fills in its `Settings`. One that says `own_senders` is also given letters
    from a domain of the tenant's own, with the key to sign them with.
    """
    raise NotImplementedError


@hookspec
def message_catalogues() -> Path:
    """Provide what the plugin says in other languages: the folder of its own gettext catalogues.

    They lie in it as `<language>/LC_MESSAGES/<plugin>.po` and say the sentences that the plugin has marked with
    `frontdesk.sentences.sentences_of(<plugin>)`, and no others: neither Frontdesk's nor those of another plugin.
    """
    raise NotImplementedError


@hookspec
def portal_panels(account: Account, locale: str) -> Sequence[Panel]:
    """Decorate the portal's home page with panels of text and links about this customer's account.

    They stand below the portal's own sections, those of several plugins by plugin name. The account holds the customer,
    the subscriptions that have not ended and what waits for the next invoice, but no invoices. `locale` is the page's
    language, such as `de`.
    A page is kept, and shown again until the account, the tenant's settings or the plugin's code changes: make
    panels from what you are given alone, and ask no server. A plugin that fails, or takes longer than a second, shows
    nothing; it is asked again with the next page that is made, at the latest a minute later.
    """
    raise NotImplementedError


@hookspec
def plan_changed(event: PlanChanged) -> None:
    """Announce that the prices, quantities or items of a subscription changed."""


@hookspec
def invoice_paid(event: InvoicePaid) -> None:
    """Announce that an invoice was paid in full, or was due nothing."""


@hookspec
def customer_signed_in(event: CustomerSignedIn) -> None:
    """Announce that somebody proved the address of a customer."""


@hookspec
def subscription_canceled(event: SubscriptionCanceled) -> None:
    """Announce that a subscription ended and will never be billed again."""


@hookspec
def offer_taken(event: OfferTaken) -> None:
    """Announce that somebody who was leaving stays, for a coupon, a pause or a smaller plan that was offered."""
