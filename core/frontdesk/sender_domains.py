"""A tenant's own domain as the sender of its letters: which one it may be, what it must publish, when it is used.

Any number of sides may claim one domain: each has a key pair and a selector of its own, so only a side whose key the
domain's owner has published is ever believed. A domain that stops publishing is let go after three days, and letters
come from the operator's sender again (trust.md B11).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from frontdesk.addresses import ADDRESS_LENGTH, parse_address
from frontdesk.dkim_records import judge_dkim
from frontdesk.dmarc_records import judge_dmarc
from frontdesk.errors import Refusal, Refused
from frontdesk.ids import random_token
from frontdesk.mail_records import Answer, Finding, Needed, _
from frontdesk.spf_records import judge_spf

Registered = Callable[[str], str | None]
"""Tells the registered domain that a host lies in (`mail.acme.co.uk`: `acme.co.uk`); None for a public suffix."""
Standing = Literal["pending", "in_use", "failing", "let_go"]
"""`pending`: never found whole, not used. `in_use`: used. `failing`: still used, though records were not found lately.
`let_go`: not used any more, since they were not found for three days."""

LET_GO_AFTER = timedelta(hours=72)
CHECKED_EVERY = timedelta(days=1)
CHECKED_SOON = timedelta(hours=1)
"""How often a domain is looked at that is in use, and one about which something may change soon."""
SETTING_UP = timedelta(days=7)
"""How long a new domain counts as one about which something may change soon."""


class Checks(Struct, frozen=True, kw_only=True):
    """What is known of a domain from all the times that it was looked at.

    `verified_at` is when all records were first found, `failing_since` when they were first not found again.
    """

    added: datetime
    verified_at: datetime | None = None
    failing_since: datetime | None = None

    def standing(self, now: datetime) -> Standing:
        """Where the domain stands. A worker that looks no more cannot keep a failing domain in use."""
        if self.verified_at is None:
            return "pending"
        if self.failing_since is None:
            return "in_use"
        return "failing" if now < self.failing_since + LET_GO_AFTER else "let_go"

    def used(self, now: datetime) -> bool:
        """Whether letters may come from the domain."""
        return self.standing(now) in ("in_use", "failing")

    def after(self, passed: bool, now: datetime) -> "Checks":
        """What is known after one more look. A domain that is found whole again is used again."""
        if passed:
            return Checks(added=self.added, verified_at=self.verified_at or now)
        failing = None if self.verified_at is None else self.failing_since or now
        return Checks(added=self.added, verified_at=self.verified_at, failing_since=failing)

    def next_check(self, now: datetime) -> datetime:
        """When the worker looks again."""
        standing = self.standing(now)
        soon = standing == "failing" or (standing == "pending" and now < self.added + SETTING_UP)
        return now + (CHECKED_SOON if soon else CHECKED_EVERY)


def judge(needed: Needed, answers: Mapping[str, Answer]) -> tuple[Finding, ...]:
    """SPF, DKIM and DMARC, in this order. `answers` has one for each of `needed.names`."""
    return judge_spf(needed, answers), judge_dkim(needed, answers), judge_dmarc(needed, answers)


def judge_nothing(needed: Needed) -> tuple[Finding, ...]:
    """The three records as they are to be published, before anybody looked."""
    return judge(needed, {name: Answer() for name in needed.names})


def passed(findings: Iterable[Finding]) -> bool:
    """Whether letters may come from the domain: all three records were found."""
    states = {each.kind: each.state for each in findings}
    return len(states) == 3 and set(states.values()) == {"found"}


def new_selector() -> str:
    """A selector that nobody can foresee: the proof of a domain is a record under this name."""
    return "fd" + random_token(12).lower()


def claimed_sender(local_part: str, domain: str, registered: Registered, operators: Iterable[str]) -> tuple[str, str]:
    """The local part and the domain of a sender, as they are written in a letter.

    `operators` are the hosts that this Frontdesk itself has; a domain registered by the same owner is not a tenant's.

    Raises:
        Refused: one of the two is none, or the domain is nobody's own or the operator's.
    """
    local, host = local_part.strip(), domain.strip().rstrip(".").lower()
    try:
        host = parse_address(f"mail@{host}").rpartition("@")[2].lower()
    except Refused as error:
        raise _refused(
            "sender_domain_invalid",
            "domain",
            _("Please enter a domain alone, such as example.com: no https://, no @, no spaces."),
        ) from error
    try:
        parse_address(f"{local}@{host}")
    except Refused as error:
        raise _local_part_invalid() from error
    if not local.isascii() or len(f"{local}@{host}") > ADDRESS_LENGTH:
        raise _local_part_invalid()
    owner = registered(host)
    if owner is None:
        raise _refused(
            "sender_domain_public",
            "domain",
            _("{domain} belongs to everybody: names below it are registered. Enter the domain that you registered."),
            domain=host,
        )
    if owner in {registered(each) for each in operators if each}:
        raise _refused(
            "sender_domain_operators",
            "domain",
            _("{domain} belongs to whoever runs this Frontdesk. Enter a domain of your own."),
            domain=host,
        )
    return local, host


def _local_part_invalid() -> Refused:
    return _refused(
        "sender_local_part_invalid",
        "local_part",
        _("Please enter what stands before the @, such as billing: letters, digits, dots and hyphens."),
    )


def _refused(code: str, param: str, sentence: str, **parameters: str | int) -> Refused:
    return Refused(
        Refusal(
            code=code,
            for_customer="This cannot be done here. Please contact us.",
            for_tenant=sentence,
            parameters=parameters,
            param=param,
        )
    )
