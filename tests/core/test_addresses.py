"""What is an e-mail address, when two are the same, and what a link may fill in (acceptance 3, trust.md A20)."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.addresses import fold, parse_address, prefill
from frontdesk.errors import Refused

GOOD = {
    "jenny@example.com": "jenny@example.com",
    "  jenny@example.com ": "jenny@example.com",
    "Jenny.Rosen+vip@Mail.Example.COM": "Jenny.Rosen+vip@Mail.Example.COM",
    "o'neill@example.ie": "o'neill@example.ie",
    "a!#$%&'*+/=?^_`{|}~-b@example.com": "a!#$%&'*+/=?^_`{|}~-b@example.com",
    "j@müller.de": "j@xn--mller-kva.de",
    "j@MÜLLER.de": "j@xn--mller-kva.de",
    "j@mu\u0308ller.de": "j@xn--mller-kva.de",
    "j@straße.de": "j@xn--strae-oqa.de",
    "j@例え.jp": "j@xn--r8jz45g.jp",
    "j@example\u3002jp": "j@example.jp",
    "j@xn--mller-kva.de": "j@xn--mller-kva.de",
    "jürgen@example.de": "jürgen@example.de",
    "ju\u0308rgen@example.de": "jürgen@example.de",
    "用户@example.cn": "用户@example.cn",
    f"{'a' * 64}@example.com": f"{'a' * 64}@example.com",
}


@pytest.mark.parametrize(("text", "address"), GOOD.items())
def test_addresses(text: str, address: str) -> None:
    assert parse_address(text) == address
    assert parse_address(address) == address


BAD = [
    "",
    " ",
    "nobody",
    "@example.com",
    "jenny@",
    "jenny@localhost",
    "jenny@example",
    "jenny@example.",
    "jenny@.example.com",
    "jenny@exa..mple.com",
    "jenny@-example.com",
    "jenny@example-.com",
    "jenny@exam_ple.com",
    "jenny@127.0.0.1",
    "jenny@[127.0.0.1]",
    ".jenny@example.com",
    "jenny.@example.com",
    "jen..ny@example.com",
    "jen ny@example.com",
    "jenny@exam ple.com",
    "jenny@@example.com",
    "jenny@example.com@evil.com",
    '"jenny"@example.com',
    "jenny@example.com,evil@example.com",
    "jenny@example.com;evil@example.com",
    "Jenny <jenny@example.com>",
    "<script>@example.com",
    "a@x.com\r\nBcc: b@y.com",
    "a\r\n@x.com",
    "a@x.com\n",
    "\ta@x.com",
    "a\0@x.com",
    "a\x7f@x.com",
    "a@x\u200b.com",
    "a\u202e@x.com",
    "a\u00a0@x.com",
    "a@x.com\u2028",
    "\udcff@x.com",
    "a@\udcff.com",
    "a＠example.com",
    "straße@example.de",
    "ﬁ@example.com",
    "ａdmin@example.com",
    "pay①@example.com",
    "🙂@example.com",
    "a@🙂.com",
    "a@\u0301x.com",
    f"{'a' * 65}@example.com",
    f"{'ü' * 33}@example.com",
    f"a@{'b' * 64}.com",
    "a@" + "b." * 140 + "com",
    "a" * 600,
    f"a@{'b' * 500}.{'c' * 50}.com",
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_address(text)
    assert refused.value.refusal.code == "email_invalid"
    assert "\n" not in text or len(str(refused.value)) < 200


def test_folding_is_by_case_alone() -> None:
    assert fold("Jenny@Example.COM") == fold("jenny@example.com") == "jenny@example.com"
    assert fold(parse_address("J@MÜLLER.de")) == fold(parse_address("j@xn--MLLER-kva.de"))
    assert fold("JÜRGEN@example.de") == fold("jürgen@example.de")
    assert fold("j.enny@example.com") != fold("jenny@example.com")
    assert fold("jenny+a@example.com") != fold("jenny@example.com")
    assert fold(parse_address("j@straße.de")) != fold(parse_address("j@strasse.de"))


def small(address: str) -> str:
    """In small letters, one by one: `lower()` of a whole text looks at the neighbours of a Greek sigma."""
    return "".join(character.lower() for character in address)


letters = st.characters(blacklist_categories=("Cs",))


@given(st.text(letters, min_size=1, max_size=6), st.text(letters, min_size=1, max_size=6))
def test_two_mailboxes_never_become_one(one: str, other: str) -> None:
    """Two accepted addresses fold into one only if they are the same but for case."""
    try:
        first, second = parse_address(f"{one}@example.com"), parse_address(f"{other}@example.com")
    except Refused:
        return
    assert (fold(first) == fold(second)) == (small(first) == small(second))


FOLDING = [*range(0x20, 0x20000), *range(0x2F800, 0x2FA20)]
"""All code points that fold into others lie here. What follows is folded into itself: most are no characters yet."""


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(FOLDING, id="folding"),
        pytest.param(range(0x20, 0x110000), id="all", marks=pytest.mark.long),
    ],
)
def test_no_single_character_folds_into_another(points: Sequence[int]) -> None:
    """All of Unicode: what is accepted before the @ is told apart from everything else that is accepted."""
    seen: dict[str, str] = {}
    for point in points:
        try:
            address = parse_address(f"a{chr(point)}@x.de")
        except Refused:
            continue
        assert seen.setdefault(fold(address), small(address)) == small(address)
    assert len(seen) > 50_000


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40) | st.from_regex(r"[a-z]{1,5}@[a-z]{1,5}\.[a-z]{2}", fullmatch=True))
def test_parsing_gives_an_address_or_a_refusal(text: str) -> None:
    try:
        address = parse_address(text)
    except Refused:
        return
    assert parse_address(address) == address
    assert not set(address) & set('\r\n\0 <>",;:()[]\\')
    assert address.rpartition("@")[2].isascii()


PREFILLED = {
    "prefilled_email=jenny%40example.com": "jenny@example.com",
    "prefilled_email=jenny@example.com": "jenny@example.com",
    "prefilled_email=j%2Bvip%40example.com": "j+vip@example.com",
    "locale=de&prefilled_email=jenny%40example.com&x=": "jenny@example.com",
    "prefilled%5Femail=jenny%40example.com": "jenny@example.com",
    "prefilled_email=j%C3%BCrgen%40m%C3%BCller.de": "jürgen@müller.de",
    "prefilled_email=j+vip@example.com": "",
    "prefilled_email=+jenny@example.com": "",
    "prefilled_email=jenny@example.com%20": "",
    "prefilled_email=nobody": "",
    "prefilled_email=": "",
    "prefilled_email": "",
    "": "",
    "Prefilled_Email=jenny@example.com": "",
    "prefilled_email[]=jenny@example.com": "",
    "prefilled_email=a@example.com&prefilled_email=b@example.com": "",
    "prefilled_email=a@example.com&prefilled_email=": "",
    "prefilled_email=a@example.com&prefilled%5Femail=a@example.com": "",
    "prefilled_email=a%40x.com%0D%0ABcc%3A%20b%40y.com": "",
    "prefilled_email=a%40x.com%0A": "",
    "prefilled_email=a%00%40x.com": "",
    "prefilled_email=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%40x.com": "",
    "prefilled_email=%3Cb%3Ea%3C/b%3E@x.com": "",
    "prefilled_email=%FF%FE@x.com": "",
    "prefilled_email=%": "",
    "prefilled_email=" + "a" * 600: "",
    "prefilled_email=" + "a" * 588 + "%40example.com": "",
    "prefilled_email=a@example.com&x=" + "y" * 9000: "",
}


@pytest.mark.parametrize(("query", "filled"), PREFILLED.items())
def test_what_a_link_fills_in(query: str, filled: str) -> None:
    assert prefill(query) == filled
    assert prefill(query.encode("ascii")) == filled


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_link_breaks_the_page(query: str | bytes) -> None:
    filled = prefill(query)
    assert filled == "" or parse_address(filled)


@given(st.from_regex(r"[a-z+._-]{1,9}@[a-z]{1,9}\.[a-z]{2}", fullmatch=True))
def test_a_well_made_link_fills_in_what_it_says(address: str) -> None:
    try:
        parse_address(address)
    except Refused:
        return
    assert prefill(urlencode({"prefilled_email": address})) == address
    assert prefill("prefilled_email=" + quote(address, safe="")) == address
