"""Frontdesk: the rules of a customer billing portal, and what can be plugged into it.

These names are what plugin authors depend on. They change only with a new major version.
"""

from frontdesk.billing import BillingBackend, Capabilities, Capability, Request
from frontdesk.book import Account, Customer, Invoice, Price, Product, Subscription, Terms
from frontdesk.changes import Changes
from frontdesk.channels import Caps, Delivery, Destination, Letter, PasscodeChannel, Report
from frontdesk.errors import Misconfigured, NotSupported, Refusal, Refused, Unavailable
from frontdesk.events import CustomerSignedIn, InvoicePaid, OfferTaken, PlanChanged, SubscriptionCanceled
from frontdesk.hookspecs import hookimpl
from frontdesk.panels import Link, Panel
from frontdesk.secret import Secret
from frontdesk.tax_calculators import TaxCalculator
from frontdesk.tax_id_checkers import RegisterAnswer, TaxIdChecker
from frontdesk.taxes import TaxCatalogue, TaxCode

__all__ = [
    "Account",
    "BillingBackend",
    "Capabilities",
    "Capability",
    "Caps",
    "Changes",
    "Customer",
    "CustomerSignedIn",
    "Delivery",
    "Destination",
    "Invoice",
    "InvoicePaid",
    "Letter",
    "Link",
    "Misconfigured",
    "NotSupported",
    "OfferTaken",
    "Panel",
    "PasscodeChannel",
    "PlanChanged",
    "Price",
    "Product",
    "Refusal",
    "Refused",
    "RegisterAnswer",
    "Report",
    "Request",
    "Secret",
    "Subscription",
    "SubscriptionCanceled",
    "TaxCalculator",
    "TaxCatalogue",
    "TaxCode",
    "TaxIdChecker",
    "Terms",
    "Unavailable",
    "hookimpl",
]
