"""The rules of webhook endpoints: signatures that the field's libraries accept, and how long we try."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from frontdesk.secret import Secret
from frontdesk.webhook_endpoints import (
    TRIED_FOR,
    WebhookEndpoint,
    is_given_up,
    new_secret,
    next_try,
    rest_after,
    signature,
)

NOW = datetime.now(UTC).replace(microsecond=0)
BODY = '{"id":"evt_1","object":"event","type":"invoice.paid","name":"Zoë"}'.encode()


def test_the_library_takes_a_signature_under_each_of_two_secrets() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    assert old.reveal().startswith("whsec_")
    # The library looks at the real time, which may be minutes after this file was read.
    header = signature((new, old), datetime.now(UTC), BODY)
    for secret in (old, new):
        assert stripe.WebhookSignature.verify_header(BODY.decode(), header, secret.reveal(), 300)
    for body, secret in ((BODY.replace(b"evt_1", b"evt_2"), new), (BODY, other)):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(body.decode(), header, secret.reveal(), 300)
    stale = signature((new,), NOW - timedelta(seconds=301), BODY)
    with pytest.raises(stripe.SignatureVerificationError, match="outside the tolerance"):
        stripe.WebhookSignature.verify_header(BODY.decode(), stale, new.reveal(), 300)


def test_the_signature_is_the_one_of_the_known_vector() -> None:
    """Worked out with OpenSSL: `printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test`."""
    at = datetime.fromtimestamp(1_700_000_000, UTC)
    header = signature((Secret("whsec_test"),), at, b"{}")
    assert header == "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"


def test_calls_are_repeated_later_and_later_until_three_days_are_over() -> None:
    at, tries = NOW, [NOW]
    attempts = 0
    while True:
        attempts += 1
        following = next_try(attempts, at, NOW)
        if following is None:
            break
        tries.append(following)
        at = following
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert gaps[0] == timedelta(seconds=5)
    assert gaps[:-1] == sorted(gaps[:-1])
    assert tries[-1] == NOW + TRIED_FOR
    assert 12 <= len(tries) <= 20


def test_an_endpoint_rests_longer_each_time_and_five_minutes_at_most() -> None:
    rests = [rest_after(each) for each in range(1, 9)]
    assert rests == sorted(rests)
    assert rests[-1] == timedelta(minutes=5)


def test_an_endpoint_is_given_up_after_three_days() -> None:
    assert not is_given_up(None, NOW)
    assert not is_given_up(NOW - TRIED_FOR + timedelta(seconds=1), NOW)
    assert is_given_up(NOW - TRIED_FOR, NOW)


@pytest.mark.parametrize(
    ("types", "wanted"), [(("*",), True), (("invoice.paid",), True), (("invoice.created", "invoice.voided"), False)]
)
def test_an_endpoint_wants_what_it_named(types: tuple[str, ...], wanted: bool) -> None:
    endpoint = WebhookEndpoint(id="we_1", url="https://a.example/", types=types, created=NOW)
    assert endpoint.wants("invoice.paid") is wanted
