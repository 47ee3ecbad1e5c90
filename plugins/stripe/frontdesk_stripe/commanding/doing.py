"""One command on its way to Stripe: its calls, each with a key of its own that stays the same when it is repeated."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from frontdesk.billing import Request
from frontdesk.book import Account, Subscription
from frontdesk.errors import Refused
from frontdesk.refusals import no_such
from frontdesk_stripe.connection import Connection, Params, Shown, gone, path

INTENT = "frontdesk_intent"
"""The metadata key that says which intent changed an object last."""
REMEMBERED = timedelta(hours=23)
"""For how long a repeated key is relied on: Stripe may forget one after a day."""


class Doing:
    """The calls of one command. The first has the intent's own key, further ones say which step they are."""

    def __init__(self, stripe: Connection, request: Request) -> None:
        self.stripe = stripe
        self.request = request
        self.notes: dict[str, str] = {}
        """What is noted in the metadata of the subscription that is changed, for which Stripe has no field."""

    @property
    def intent(self) -> str:
        """The key of the command, which is its intent's id."""
        return self.request.idempotency_key

    @property
    def account(self) -> Account:
        """Whose account it is about."""
        assert self.request.account is not None, "only CreateCustomer has no account"
        return self.request.account

    @property
    def customer(self) -> str:
        """Whose it is, by Stripe's id."""
        return self.account.customer.id

    @property
    def is_old(self) -> bool:
        """Whether Stripe may have forgotten the keys of this command's first attempt."""
        return self.stripe.now() - self.request.now > REMEMBERED

    def subscription(self, id: str) -> Subscription:
        """A subscription of the account. Raises Refused where it has none of that id."""
        found = self.account.subscription(id)
        if found is None:
            raise Refused(no_such("subscription", id, "id"))
        return found

    async def post(self, *parts: str, step: str = "", **params: Any) -> Shown:
        """Make or change something once, however often this is called with these parameters."""
        return await self.stripe.post(path(*parts), params, key=self._key(step))

    async def change(self, id: str, params: Params, step: str = "") -> Shown:
        """Change a subscription, and note on it that this command did."""
        return await self.post("subscriptions", id, step=step, **{**params, "metadata": self.marked(params)})

    async def delete(self, *parts: str, **params: Any) -> Shown | None:
        """Remove something; None where it is gone already. Stripe has no keys for this: to repeat it is harmless."""
        try:
            return await self.stripe.delete(path(*parts), params, key=self.intent)
        except Refused as error:
            if gone(error):
                return None
            raise

    def marked(self, params: Params | None = None) -> dict[str, str]:
        """The metadata that the parameters set, and whose work it is."""
        given: Mapping[str, str] = (params or {}).get("metadata") or {}
        return {**given, **self.notes, INTENT: self.intent}

    def is_mine(self, found: Shown) -> bool:
        """Whether this command made or changed an object last."""
        return (found.get("metadata") or {}).get(INTENT) == self.intent

    async def made_before(self, kind: str, params: Params) -> Shown | None:
        """What an attempt of this command has made long ago, where Stripe may have forgotten the key."""
        if not self.is_old:
            return None
        async for each in self.stripe.each(path(kind), params):
            if self.is_mine(each):
                return each
        return None

    def _key(self, step: str) -> str:
        return f"{self.intent}-{step}" if step else self.intent


def cleared(values: Sequence[Any]) -> Sequence[Any] | str:
    """A list as a parameter: an empty one is said with an empty word, since a form cannot say it otherwise."""
    return values or ""
