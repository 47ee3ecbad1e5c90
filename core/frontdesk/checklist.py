"""Setting a portal up: what is there, what is missing, and what must be there before customers come.

Pure rules over facts that somebody else has read. The overview shows the list, and going live asks it: the same answer
in both places. Nothing here asks for a website.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import Capabilities
from frontdesk.book import Address, BillingSettings, SellerDetails
from frontdesk.branding import Brand
from frontdesk.errors import Refusal
from frontdesk.portal_configuration import PortalConfiguration, default_configuration
from frontdesk.sentences import _
from frontdesk.set_up_refusals import already_live, seller_incomplete


class Step(StrEnum):
    """What there is to set up, in the order in which it makes sense."""

    PRODUCT = "product"
    BRAND = "brand"
    PORTAL_SETTINGS = "portal_settings"
    SELLER = "seller"
    CUSTOMER = "customer"
    LINK = "link"


class SetupFacts(Struct, frozen=True, kw_only=True):
    """What is known of one side. `sold` says that an active product has an active price.

    `settings_saved` says that somebody saved the portal settings, even if as they were: leaving the defaults is a
    decision too. `live` says that the side has gone live; a sandbox always has.
    """

    livemode: bool
    live: bool
    brand: Brand
    name: str
    settings: BillingSettings
    configuration: PortalConfiguration
    settings_saved: bool
    sold: bool
    has_customers: bool


class ChecklistItem(Struct, frozen=True, kw_only=True):
    """One step: whether it is done, and whether going live waits for it. Title and sentence are message ids."""

    step: Step
    title: str
    sentence: str
    done: bool
    required: bool = False


class Checklist(Struct, frozen=True, kw_only=True):
    """All steps of a side, in order."""

    items: tuple[ChecklistItem, ...]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(each.done for each in self.items)

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return all(each.done for each in self.items)

    @property
    def missing(self) -> tuple[Step, ...]:
        """The steps that going live waits for."""
        return tuple(each.step for each in self.items if each.required and not each.done)


def checklist(facts: SetupFacts, capabilities: Capabilities) -> Checklist:
    """The list for a side. The seller's details are on it only where the backend needs them."""
    steps = [each for each in Step if each is not Step.SELLER or capabilities.needs_seller]
    return Checklist(items=tuple(_item(each, facts) for each in steps))


def before_live(facts: SetupFacts, capabilities: Capabilities) -> Refusal | None:
    """Why a side cannot go live now, or None. What is only useful (a product, a brand) does not hold it up."""
    if facts.live:
        return already_live()
    if Step.SELLER in checklist(facts, capabilities).missing:
        return seller_incomplete(", ".join(missing_of(facts.settings)))
    return None


def missing_of(settings: BillingSettings) -> tuple[str, ...]:
    """The fields of the seller's details that an invoice cannot do without, by name, in the order of the form."""
    seller = settings.seller
    address = seller.address or Address()
    needed: Iterable[tuple[str, str | None]] = (
        ("name", seller.name),
        ("line1", address.line1),
        ("postal_code", address.postal_code),
        ("city", address.city),
        ("country", address.country),
        ("tax_number", seller.tax_number),
        ("iban", _bank_account(seller)),
        ("invoice_prefix", settings.invoice_prefix),
    )
    return tuple(name for name, value in needed if not (value or "").strip())


def _bank_account(seller: SellerDetails) -> str | None:
    """An IBAN, or an account in words: half of the world has no IBAN."""
    return seller.iban or seller.bank_account


def _item(step: Step, facts: SetupFacts) -> ChecklistItem:
    match step:
        case Step.PRODUCT:
            return ChecklistItem(
                step=step,
                title=_("Add a product"),
                sentence=_("What you sell, with at least one price. Customers see it in the portal and on invoices."),
                done=facts.sold,
            )
        case Step.BRAND:
            return ChecklistItem(
                step=step,
                title=_("Make it look like yours"),
                sentence=_("Logo, colours and contact details. Your customers feel at home, and letters match."),
                done=_branded(facts),
            )
        case Step.PORTAL_SETTINGS:
            return ChecklistItem(
                step=step,
                title=_("Choose what customers can do"),
                sentence=_("Change their plan, cancel, edit their details: you decide, and see it at once."),
                done=facts.settings_saved or not _as_born(facts.configuration),
            )
        case Step.SELLER:
            return ChecklistItem(
                step=step,
                title=_("Enter the details for invoices"),
                sentence=_("Legal name, address, tax number and bank account, as they are printed on every invoice."),
                done=not missing_of(facts.settings),
                required=facts.livemode,
            )
        case Step.CUSTOMER:
            return ChecklistItem(
                step=step,
                title=_("Add a first customer"),
                sentence=_("Yourself, for a start: sign in to the portal and see what your customers will see.")
                if facts.live
                else _("Yourself, for a start: the sandbox lets you sign in before you are live."),
                done=facts.has_customers,
            )
        case Step.LINK:
            return ChecklistItem(
                step=step,
                title=_("Go live") if not facts.live else _("Activate the link"),
                sentence=_("Switch the portal's link on and share it: in your letters, your app or as a QR code."),
                done=facts.live and facts.configuration.active and facts.configuration.login_page.enabled,
            )


def _branded(facts: SetupFacts) -> bool:
    """Whether anything of the look or the public details was chosen. The name is compared by itself: it may be any."""
    nameless = replace(facts.brand, business_name="-")
    return facts.brand.business_name != facts.name or nameless != Brand(business_name="-")


def _as_born(configuration: PortalConfiguration) -> bool:
    """Whether customers can do exactly what a new side lets them do."""
    born = default_configuration(configuration.id, configuration.created)
    return (configuration.features, configuration.business_profile) == (born.features, born.business_profile)
