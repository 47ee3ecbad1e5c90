"""Why something failed is kept so that it can be said in any language."""

from frontdesk.errors import Misconfigured, Refusal, Refused, Unavailable
from frontdesk.reasons import LONGEST, OF_OURS, Reason, read, reason_of, written


def test_a_reason_is_kept_with_what_fills_it() -> None:
    lacking = Misconfigured("The key lacks “{permission}”.", "api_key", parameters={"permission": "Prices: Read"})
    assert str(lacking) == lacking.message == "The key lacks “Prices: Read”."
    reason = reason_of(lacking)
    assert reason == Reason(sentence="The key lacks “{permission}”.", parameters={"permission": "Prices: Read"})
    assert read(written(reason)) == reason
    refusal = Refusal(
        code="x", for_customer="No.", for_tenant="Stripe refused: {message}", parameters={"message": "{}"}
    )
    assert read(written(reason_of(Refused(refusal)))).parameters == {"message": "{}"}


def test_braces_without_parameters_are_braces() -> None:
    assert Unavailable("The server said {no}.").message == "The server said {no}."


def test_what_others_said_is_cut_and_a_fault_of_ours_says_only_that_it_is_one() -> None:
    said = reason_of(Misconfigured("{reason}", parameters={"reason": "é" * 9000}))
    assert read(written(said)).parameters == {"reason": "é" * LONGEST}
    assert reason_of(RuntimeError("secret")).sentence == OF_OURS


def test_what_was_written_before_there_were_places_is_read_as_it_is() -> None:
    assert read("Stripe cannot be reached.") == Reason(sentence="Stripe cannot be reached.")
