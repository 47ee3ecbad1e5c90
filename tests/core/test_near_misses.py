"""Addresses that are nearly the one somebody gave."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from frontdesk.addresses import fold, parse_address
from frontdesk.near_misses import (
    SHOWN_AT_MOST,
    distance,
    near_miss,
    near_misses,
    probes,
    read_as_given,
    tidied,
)

JENNY = "jenny.rosen@example.com"

NEAR = {
    "jenny .rosen@example.com": "spaces",
    "jenny.rosen@exam\u200bple.com": "spaces",
    "<jenny.rosen@example.com>;": "spaces",
    "mailto:jenny.rosen@example.com": "spaces",
    "jenny.rosen@example,com": "spaces",
    "jenny.rosen(at)example.com": "spaces",
    "jenny.rosen@@example.com": "spaces",
    "jenny.rosen@example.com.": "spaces",
    "ｊenny.rosen＠example.com": "spaces",
    "j\u0435nny.rosen@example.com": "look_alike",
    "jenny.r0sen@example.com": "look_alike",
    "jenny.rosen@exarnple.com": "look_alike",
    "jenny.rosen@examp1e.com": "look_alike",
    "jénny.rosen@example.com": "look_alike",
    "jenny.rosen+news@example.com": "plus",
    "jennyrosen@example.com": "dots",
    "je.nny.ros.en@example.com": "dots",
    "jenny.rosen@example.de": "ending",
    "jenny.rosen@example.co.uk": "ending",
    "jenny.rosen@example": "ending",
    "jenny.rosen@example.co": "ending",
    "jenny.rosen@exmaple.com": "domain",
    "jenny.rosen@exampel.con": "domain",
    "jeny.rosen@example.com": "typing",
    "ejnny.rosen@example.com": "typing",
    "jenny-rosen@example.com": "typing",
    "jenny.rosenexample.com": "typing",
    "jenny.rosenqexample.com": "typing",
    "jeny.rosenn@example.com": "typing",
    "ejnny.rsoen@example.com": "typing",
}


@pytest.mark.parametrize(("given_", "kind"), NEAR.items())
def test_near(given_: str, kind: str) -> None:
    miss = near_miss(given_, JENNY)
    assert miss is not None
    assert (miss.kind, miss.address) == (kind, JENNY)
    assert probes(given_).reach(JENNY)


@pytest.mark.parametrize(
    ("given_", "known", "kind"),
    [
        ("jenny@gmial.com", "jenny@gmail.com", "domain"),
        ("jenny@gmail.com", "jenny@gmial.com", "domain"),
        ("jeny@gmial.com", "jenny@gmail.com", "typing"),
        ("jenny@googlemail.com", "jenny@gmail.com", "domain"),
        ("jenny@gamil.com", "jenny+shop@gmail.com", None),
        ("jenny@muller.de", "jenny@xn--mller-kva.de", "look_alike"),
        ("jenny@müller.de", "jenny@muller.de", "look_alike"),
        ("jo@example.com", "al@example.com", None),
        ("jo@example.com", "joe@example.com", "typing"),
        ("info@ab.de", "info@cd.de", None),
        ("office@mail.berlin.example", "office@mail.south.example", None),
        ("jenny@north.example", "jenny@south.example", "domain"),
        ("jenny@example.com", "petra@example.com", None),
        ("", JENNY, None),
        ("@", JENNY, None),
    ],
)
def test_pairs(given_: str, known: str, kind: str | None) -> None:
    miss = near_miss(given_, known)
    assert (miss and miss.kind) == kind
    if miss is not None:
        assert probes(given_).reach(known)


@pytest.mark.parametrize("same", [JENNY, "  Jenny.Rosen@EXAMPLE.com ", "JENNY.ROSEN@example.com"])
def test_what_signs_in_is_no_near_miss(same: str) -> None:
    assert near_miss(same, JENNY) is None
    assert read_as_given(same) == JENNY


def test_the_nearest_first_and_few() -> None:
    known = [f"jenny.rosen{number}@example.com" for number in range(30)]
    near = near_misses("jenny.rosen@example,com", ["jenny.rosen@example.de", *known, JENNY, JENNY, "petra@example.com"])
    assert [each.address for each in near[:2]] == [JENNY, "jenny.rosen@example.de"]
    assert len(near) == SHOWN_AT_MOST


def test_distances() -> None:
    assert distance("abc", "abc") == 0
    assert distance("abc", "acb") == 1
    assert distance("ab", "ba") == 1
    assert distance("", "ab") == 2
    assert distance("abcdef", "bcdefg") == 2
    assert distance("abcd", "badc") == 2
    assert distance("abc", "xyz") is None
    assert distance("", "abc") is None


letters = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")
words = st.text(letters, min_size=2, max_size=9)
addresses = st.builds(
    lambda local, name, ending: f"{'.'.join(local)}@{name}.{ending}",
    st.lists(words, min_size=1, max_size=3),
    words,
    st.sampled_from(["com", "de", "co.uk", "example"]),
)


@st.composite
def with_an_error(draw: st.DrawFn, address: str) -> str:
    """One typing error, anywhere."""
    at = draw(st.integers(0, len(address) - 1))
    kind = draw(st.sampled_from(["missing", "wrong", "too many", "swapped"]))
    letter = draw(letters)
    match kind:
        case "missing":
            return address[:at] + address[at + 1 :]
        case "wrong":
            return address[:at] + letter + address[at + 1 :]
        case "too many":
            return address[:at] + letter + address[at:]
    return address[:at] + address[at + 1 : at + 2] + address[at] + address[at + 2 :]


@given(st.data(), addresses)
def test_one_error_is_always_found(data: st.DataObject, address: str) -> None:
    wrong = data.draw(with_an_error(address))
    assume(read_as_given(wrong) != address)
    miss = near_miss(wrong, address)
    assert miss is not None
    assert miss.errors <= 1
    assert probes(wrong).reach(address)


@given(st.data(), st.text(letters, min_size=6, max_size=20), st.text(letters, min_size=6, max_size=20))
def test_two_errors_are_near(data: st.DataObject, local: str, domain: str) -> None:
    address = f"{local}@{domain}.com"
    wrong = data.draw(with_an_error(data.draw(with_an_error(address))))
    assume(read_as_given(wrong) != address)
    # Something put between two letters that were swapped counts as a third error.
    assume(distance(wrong, address) is not None)
    assert near_miss(wrong, address) is not None


@given(st.data(), st.text(letters, min_size=8, max_size=20))
def test_two_errors_behind_the_first_letters_are_fetched(data: st.DataObject, local: str) -> None:
    wrong = local[:3] + data.draw(with_an_error(data.draw(with_an_error(local[3:]))))
    assert probes(f"{wrong}@example.com").reach(f"{local}@example.com")


@given(addresses, addresses)
def test_nearness_goes_both_ways(one: str, other: str) -> None:
    there, back = near_miss(one, other), near_miss(other, one)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert (there.kind, there.errors) == (back.kind, back.errors)


@given(st.text(max_size=80), addresses)
def test_any_text_can_be_asked(text: str, known: str) -> None:
    near_miss(text, known)
    asked = probes(text)
    assert "" not in asked.exact
    assert "" not in asked.beginnings + asked.local_beginnings
    assert not any(each.isspace() or not each.isprintable() for each in tidied(text))


@given(addresses, st.sampled_from([" ", "\u00a0", "\u200b", "\t"]), st.integers(0, 40))
def test_a_space_anywhere_is_found(address: str, space: str, at: int) -> None:
    given_ = address[:at] + space + address[at:]
    assume(read_as_given(given_) != address)
    miss = near_miss(given_, address)
    assert miss is not None
    assert miss.kind == "spaces"
    assert probes(given_).reach(address)


@given(addresses)
def test_generated_addresses_are_addresses(address: str) -> None:
    assert fold(parse_address(address)) == address
