"""The worker: web without a socket. Any number may run; each job is done once in effect."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from uuid import UUID

from frontdesk_tenants import (
    address_changes,
    charge_record,
    clock_walks,
    clocks,
    held_accounts,
    intents,
    invitations,
    refund_settling,
    sender_domains,
    sign_up_invitations,
    sign_ups,
    suspending,
    tax_id_checks,
    webhook_calls,
    wrong_codes,
)
from frontdesk_tenants.committing import AFTER_COMMIT
from frontdesk_tenants.mirror_work import mirror_all
from frontdesk_tenants.passcodes import SEND_PASSCODE
from frontdesk_tenants.worker_loop import Pace, work
from frontdesk_web.letters import house_letters
from frontdesk_web.letters.address_change import send_address_code, send_address_notice
from frontdesk_web.letters.after_events import SEND_LETTER, after_event, send_letter
from frontdesk_web.letters.invitation import send_invitation
from frontdesk_web.letters.passcode import send_passcode
from frontdesk_web.letters.staff_passcode import SEND_SIGN_UP_CODE, SEND_STAFF_CODE, send_sign_up_code, send_staff_code
from frontdesk_web.letters.trial import SEND_TEST, send_test
from frontdesk_web.letters.webhook_given_up import tell_owners
from frontdesk_web.letters.wrong_codes import make_room, send_wrong_codes_letter
from frontdesk_web.sender_checks import check_sender
from frontdesk_web.site import Site
from frontdesk_web.webhooks.calling import CARRIERS, call_all
from frontdesk_web.webhooks.spreading import spread_all

log = logging.getLogger("frontdesk.worker")


def implement_jobs(site: Site) -> None:
    """Say what every kind of job does."""
    tasks: dict[str, Callable[[UUID, str], Awaitable[None]]] = {
        SEND_PASSCODE: partial(send_passcode, site),
        address_changes.SEND_ADDRESS_CODE: partial(send_address_code, site),
        address_changes.SEND_ADDRESS_NOTICE: partial(send_address_notice, site),
        wrong_codes.MAKE_ROOM: partial(make_room, site),
        wrong_codes.SEND_LETTER: partial(send_wrong_codes_letter, site),
        SEND_STAFF_CODE: partial(send_staff_code, site),
        invitations.SEND_INVITATION: partial(send_invitation, site),
        SEND_LETTER: partial(send_letter, site),
        SEND_TEST: partial(send_test, site),
        SEND_SIGN_UP_CODE: partial(send_sign_up_code, site),
        sign_up_invitations.SEND_INVITATION: partial(house_letters.send_sign_up_invitation, site),
        sign_ups.TELL_APPLICANT: partial(house_letters.tell_applicant, site),
        sign_ups.TELL_OPERATOR: partial(house_letters.tell_operator, site),
        suspending.TELL_STAFF: partial(house_letters.tell_staff, site),
        AFTER_COMMIT: partial(after_event, site),
        held_accounts.RELEASE: partial(held_accounts.release, site.tenancy),
        clocks.ADVANCE: partial(clock_walks.walk, site.tenancy),
        clock_walks.EXPIRE: partial(clock_walks.expire, site.tenancy),
        charge_record.SETTLE: partial(refund_settling.settle, site.tenancy),
        intents.SETTLE: partial(intents.settle, site.tenancy),
        sender_domains.CHECK: partial(check_sender, site),
        tax_id_checks.CHECK: partial(tax_id_checks.check, site.tenancy),
        webhook_calls.TELL_OWNERS: partial(tell_owners, site),
    }
    for name, task in tasks.items():
        site.tenancy.jobs.implement(name, task)


async def run_worker(site: Site, pace: Pace | None = None) -> None:
    """Work until cancelled, or until SIGTERM comes to a process that does not handle it otherwise.

    Jobs that have begun are finished first. `site` is opened and closed here.

    Raises:
        Misconfigured: the database role is one that row-level security would not bind.
    """
    implement_jobs(site)
    await site.open()
    try:
        log.info("worker started")
        with _stopped_by_sigterm(asyncio.current_task()):
            calls = (
                partial(spread_all, site),
                *(partial(call_all, site) for _ in range(CARRIERS)),
                partial(mirror_all, site.tenancy),
            )
            await work(site.tenancy, pace, calls)
    finally:
        await site.aclose()
        log.info("worker stopped")


@contextlib.contextmanager
def _stopped_by_sigterm(task: asyncio.Task[None] | None) -> Iterator[None]:
    """End a worker that is a process of its own quietly on SIGTERM; in a web process the server has the say."""
    if task is None or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not stopped:
            raise
        task.uncancel()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
