"""The contract suite catches backends that break it: each of these has one fault, and one test that must see it."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import AnyBackend, BillingBackend, Capability, Request
from frontdesk.changes import Changes
from frontdesk.commands import Advance, CancelSubscription
from frontdesk.errors import Refused
from frontdesk.secret import Secret
from frontdesk.testing import BillingBackendContract
from frontdesk.testing.remote import FarSide, RemoteFake, RemoteFakeSettings
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings

Spoil = Callable[[Request, Changes], Changes]


def spoilt(*, answer: Spoil | None = None, quote: Spoil | None = None) -> AnyBackend:
    """The backend with what it answers, or quotes, spoilt."""

    class Spoilt(InvoiceOnly):
        async def carry_out(self, request: Request) -> Changes:
            changes = await super().carry_out(request)
            return answer(request, changes) if answer else changes

        async def quote(self, request: Request) -> Changes:
            changes = await InvoiceOnly.carry_out(self, request)
            return quote(request, changes) if quote else changes

    return Spoilt(InvoiceOnlySettings())


def dearer(request: Request, changes: Changes) -> Changes:
    return replace(changes, invoices=tuple(replace(each, amount_due=each.amount_due + 1) for each in changes.invoices))


def first_versions(request: Request, changes: Changes) -> Changes:
    return replace(changes, subscriptions=tuple(replace(each, version=1) for each in changes.subscriptions))


def silent(request: Request, changes: Changes) -> Changes:
    return replace(changes, events=())


def never_due(request: Request, changes: Changes) -> Changes:
    return replace(changes, wake_at=None)


def still_alive(request: Request, changes: Changes) -> Changes:
    if not isinstance(request.command, CancelSubscription):
        return changes
    kept = tuple(replace(each, status="active", cancel_at=None) for each in changes.subscriptions)
    return replace(changes, subscriptions=kept)


def merged_periods(request: Request, changes: Changes) -> Changes:
    return replace(changes, invoices=changes.invoices[-1:]) if isinstance(request.command, Advance) else changes


class Careless(InvoiceOnly):
    async def carry_out(self, request: Request) -> Changes:
        try:
            return await super().carry_out(request)
        except Exception:
            return Changes()


class Boastful(InvoiceOnly):
    capabilities = replace(InvoiceOnly.capabilities, collection_methods=("charge_automatically", "send_invoice"))


class Modest(InvoiceOnly):
    capabilities = replace(InvoiceOnly.capabilities, can=frozenset(Capability) - {Capability.CANCEL_NOW})

    async def carry_out(self, request: Request) -> Changes:
        return await super().carry_out(request)


class LeakySettings(Struct):
    api_key: str = "sk_live_0815"


class Leaky(BillingBackend[LeakySettings]):
    name = "leaky"
    title = "Leaky"
    Settings = LeakySettings
    capabilities = InvoiceOnly.capabilities

    async def carry_out(self, request: Request) -> Changes:
        return Changes()

    async def quote(self, request: Request) -> Changes:
        return Changes()


class Forgetful(RemoteFake):
    """It takes every call for a new one."""

    async def carry_out(self, request: Request) -> Changes:
        return await super().carry_out(replace(request, idempotency_key=request.ids("new")))


class Hasty(RemoteFake):
    """Asking does it."""

    async def quote(self, request: Request) -> Changes:
        return await self.far_side.call(request)


class Tidy(InvoiceOnly):
    closed = False

    async def aclose(self) -> None:
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True


def remote(kind: type[RemoteFake]) -> AnyBackend:
    return kind(RemoteFakeSettings(api_key=Secret("rk_0815")), FarSide(InvoiceOnly(InvoiceOnlySettings())))


SABOTEURS: list[tuple[str, Callable[[], AnyBackend], tuple[type[Exception], ...]]] = [
    ("test_a_quote_is_what_is_carried_out", lambda: spoilt(quote=dearer), ()),
    ("test_a_quote_is_what_is_carried_out", lambda: spoilt(answer=dearer), ()),
    ("test_invoices_add_up_and_say_whose_they_are", lambda: spoilt(answer=dearer), ()),
    ("test_versions_grow_and_new_snapshots_reach_the_book", lambda: spoilt(answer=first_versions), ()),
    ("test_events_tell_what_happened_to_whom", lambda: spoilt(answer=silent), ()),
    ("test_every_period_is_billed_once", lambda: spoilt(answer=never_due), ()),
    ("test_every_period_is_billed_once", lambda: spoilt(answer=merged_periods), ()),
    ("test_what_is_cancelled_is_never_billed_again", lambda: spoilt(answer=still_alive), ()),
    ("test_what_was_taken_back_goes_on", lambda: spoilt(answer=still_alive), ()),
    ("test_unknown_ids_are_refused_and_leave_no_trace", lambda: Careless(InvoiceOnlySettings()), ()),
    ("test_nonsense_is_refused", lambda: Careless(InvoiceOnlySettings()), ()),
    ("test_collection_methods_are_as_claimed", lambda: Boastful(InvoiceOnlySettings()), ()),
    ("test_what_is_claimed_answers_and_what_is_not_is_refused", lambda: Modest(InvoiceOnlySettings()), ()),
    ("test_settings_show_no_secret", lambda: Leaky(LeakySettings()), ()),
    ("test_one_key_has_one_effect", lambda: remote(Forgetful), (Refused,)),
    ("test_asking_changes_nothing", lambda: remote(Hasty), ()),
    ("test_check_passes_and_closing_twice_is_harmless", lambda: Tidy(InvoiceOnlySettings()), (RuntimeError,)),
]


@pytest.mark.parametrize(("test", "make", "also"), SABOTEURS)
async def test_the_suite_sees_the_fault(
    test: str, make: Callable[[], AnyBackend], also: tuple[type[Exception], ...]
) -> None:
    class Suite(BillingBackendContract):
        def make_backend(self) -> AnyBackend:
            return make()

    async def played() -> None:
        outcome: Any = getattr(Suite(), test)()
        if outcome is not None:
            await outcome

    with pytest.raises((AssertionError, pytest.fail.Exception, *also)):
        await played()
