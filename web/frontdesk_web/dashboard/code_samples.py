"""Samples of code for the API, with the side's own address, keys and ids in them."""

from collections.abc import Sequence

from msgspec import Struct


class SampleIds(Struct, frozen=True, kw_only=True):
    """What stands in the samples: how the side's keys begin, and the newest customer and price, if there are any."""

    api_base: str
    key: str
    customer: str
    price: str


class Sample(Struct, frozen=True, kw_only=True):
    """A program, or one command, in a language."""

    language: str
    name: str
    code: str


def samples(ids: SampleIds) -> Sequence[Sample]:
    """The same in three languages: a customer is read, and led to the portal."""
    return (
        Sample(language="python", name="Python", code=_PYTHON.format(ids=ids)),
        Sample(language="node", name="Node", code=_node(ids)),
        Sample(language="curl", name="curl", code=_CURL.format(ids=ids)),
    )


_PYTHON = """\
# pip install stripe
import stripe

client = stripe.StripeClient("{ids.key}", base_addresses={{"api": "{ids.api_base}"}})

customer = client.v1.customers.retrieve("{ids.customer}")
subscription = client.v1.subscriptions.create({{
    "customer": customer.id,
    "items": [{{"price": "{ids.price}"}}],
    "collection_method": "send_invoice",
    "days_until_due": 14,
}})

session = client.v1.billing_portal.sessions.create({{"customer": customer.id}})
print(session.url)  # send your customer there
"""
_NODE = """\
// npm install stripe
import Stripe from "stripe";

const stripe = new Stripe("{ids.key}", {{ host: "{host}", port: {port}, protocol: "{protocol}" }});

const customer = await stripe.customers.retrieve("{ids.customer}");
const subscription = await stripe.subscriptions.create({{
  customer: customer.id,
  items: [{{ price: "{ids.price}" }}],
  collection_method: "send_invoice",
  days_until_due: 14,
}});

const session = await stripe.billingPortal.sessions.create({{ customer: customer.id }});
console.log(session.url); // send your customer there
"""
_CURL = """\
curl {ids.api_base}/v1/customers/{ids.customer} -u {ids.key}:

curl {ids.api_base}/v1/subscriptions -u {ids.key}: \\
  -d customer={ids.customer} \\
  -d "items[0][price]"={ids.price} \\
  -d collection_method=send_invoice \\
  -d days_until_due=14

curl {ids.api_base}/v1/billing_portal/sessions -u {ids.key}: \\
  -d customer={ids.customer}
"""


def _node(ids: SampleIds) -> str:
    """Node's client takes an address in parts."""
    protocol, _, rest = ids.api_base.partition("://")
    host, _, port = rest.partition("/")[0].partition(":")
    return _NODE.format(ids=ids, host=host, port=port or ("443" if protocol == "https" else "80"), protocol=protocol)
