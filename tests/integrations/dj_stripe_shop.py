"""A Django project as dj-stripe's manual says, with dj-stripe in it: only `STRIPE_API_HOST` is ours. `test_dj_stripe`
runs it in an environment of its own; it takes its orders from standard input, one a line, as JSON.
"""

import json
import os
import sys
import threading
import uuid
from decimal import Decimal
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

settings.configure(
    DEBUG=True,
    SECRET_KEY="for tests only",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "djstripe"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}},
    STRIPE_TEST_SECRET_KEY=os.environ["KEY"],
    STRIPE_LIVE_MODE=False,
    STRIPE_API_HOST=os.environ["HOST"],
    DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
    # Its tables are made as its models are now: to go through all that they ever were takes ten times as long.
    MIGRATION_MODULES=dict.fromkeys(("auth", "contenttypes", "djstripe")),
)
django.setup()
urlpatterns = [path("stripe/", include("djstripe.urls", namespace="djstripe"))]

from djstripe import models  # noqa: E402


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def listen() -> str:
    """Have webhooks sent here, as the form of its administration does."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    name = str(uuid.uuid4())
    url = f"http://127.0.0.1:{server.server_port}/stripe/webhook/{name}/"
    made = models.WebhookEndpoint._api_create(url=url, enabled_events=["*"], metadata={"djstripe_uuid": name})
    endpoint = models.WebhookEndpoint.sync_from_stripe_data(made)
    endpoint.secret = made["secret"]
    endpoint.save()
    return endpoint.id


def sync(*names: str) -> None:
    """Fetch everything that there is, with its own command, which fails where one object cannot be stored."""
    call_command("djstripe_sync_models", *names, fail_on_error=True, stdout=sys.stderr)


def subscribe(address: str, price: str) -> str:
    """A user becomes a customer, gets a card and subscribes. Returns the subscription."""
    user = get_user_model().objects.create_user(address, address)
    customer, _ = models.Customer.get_or_create(user)
    customer.add_payment_method("pm_card_visa")
    return customer.subscribe(price=price).id


def change_plan(subscription: str, price: str) -> str:
    """Another price, charged at once. Returns the price that it has."""
    stored = models.Subscription.objects.get(id=subscription)
    item = stored.items.get()
    changed = stored.update(items=[{"id": item.id, "price": price}], proration_behavior="always_invoice")
    return changed.items.get().price.id


def refund(subscription: str) -> str:
    """Give a euro back of what the subscription's customer paid last. Returns the refund's status."""
    customer = models.Subscription.objects.get(id=subscription).customer
    return models.Charge.objects.filter(customer=customer).latest("created").refund(amount=Decimal(1)).status


def cancel(subscription: str) -> str:
    """End a subscription at once. Returns its status."""
    return models.Subscription.objects.get(id=subscription).cancel(at_period_end=False).status


def stored(name: str) -> dict[str, object]:
    """What it has by now of a kind, by id."""
    return {each.id: each.stripe_data for each in getattr(models, name).objects.all()}


def owners(name: str) -> dict[str, str]:
    """Whose each object of a kind is, by the relation between its tables."""
    return {each.id: each.customer.id for each in getattr(models, name).objects.filter(customer__isnull=False)}


def calls() -> dict[str, object]:
    """The webhooks that came in: the types of those that it found right and followed, and what came of the others."""
    triggers = models.WebhookEventTrigger.objects.order_by("id")
    good = [each.event.type for each in triggers if each.valid and each.processed]
    return {"good": good, "bad": [[each.body[:80], each.traceback[-800:]] for each in triggers if not each.processed]}


call_command("migrate", verbosity=0, run_syncdb=True)
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    order, *arguments = json.loads(line)
    print(json.dumps(globals()[order](*arguments), default=str), flush=True)
