"""Addresses that are nearly the one somebody gave: a space too many, two letters swapped, another ending.

A customer who gets no code has mostly given another address than the one on record, or the one on record has a typing
error. `near_miss` says whether two addresses are that close, and what tells them apart. It is asked about few:
`probes` says which addresses are worth fetching, so that nobody compares a hundred thousand of them.

One typing error anywhere is always fetched, and so is any near miss with the part before the @ as it is. Others are
fetched if the first letters are as they are, give or take one, or if only the end of a long name is wrong.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from msgspec import Struct

from frontdesk.addresses import fold, parse_address
from frontdesk.errors import Refused

NearMissKind = Literal["spaces", "look_alike", "plus", "dots", "ending", "domain", "typing"]
"""What tells the addresses apart, the most telling first: signs that belong in no address; letters that look alike; a
tag behind a plus; dots before the @; the ending of the domain; the domain; letters anywhere."""

ERRORS_AT_MOST = 2
SHORT = 3
"""Up to so many characters a part is only known again with one error."""
SHOWN_AT_MOST = 8
EDITED_LENGTH = 60
"""Up to so many characters all addresses one error away are probed: about 5,000 then."""

PROVIDERS = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "msn.com", "yahoo.com",
    "yahoo.co.uk", "icloud.com", "me.com", "mac.com", "aol.com", "mail.com", "proton.me", "protonmail.com", "zoho.com",
    "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org",
    "bluewin.ch", "orange.fr", "free.fr", "laposte.net", "libero.it", "yandex.com",
)  # fmt: skip
"""Where many people have their mail: a domain that is nearly one of these is most likely meant to be it."""
SAME_PROVIDER = (frozenset({"gmail.com", "googlemail.com"}), frozenset({"icloud.com", "me.com", "mac.com"}))
ENDINGS = ("com", "de", "net", "org", "eu", "at", "ch", "io", "co", "co.uk", "uk", "fr", "it", "es", "nl", "example")

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-_+@"
_AROUND = "\"'<>()[]{},;:."
_LOOK_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "|": "l", "5": "s"}
    | dict(zip("асеорхуіјѕһԁԛмтвкнγνορτικα", "aceopxyljshdqmtbkhyvoptlka", strict=True))
)
_WRITTEN_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"))


class NearMiss(Struct, frozen=True, kw_only=True):
    """An address on record, folded, that is nearly the one that was given. `errors` are typing errors, 0 to 2."""

    address: str
    kind: NearMissKind
    errors: int = 0


class Probes(Struct, frozen=True, kw_only=True):
    """Which addresses to fetch: those in `exact`, those that begin with one of `beginnings`, and those at one of
    `domains` that begin with one of `local_beginnings`. All are folded."""

    exact: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    local_beginnings: tuple[str, ...] = ()

    def reach(self, address: str) -> bool:
        """Whether a folded address is among those that are fetched: what storage does, in one place to test."""
        return (
            address in self.exact
            or address.startswith(self.beginnings)
            or (address.rpartition("@")[2] in self.domains and address.startswith(self.local_beginnings))
        )


def near_misses(given: str, known: Iterable[str]) -> tuple[NearMiss, ...]:
    """The known addresses that are nearly the given one, the nearest first, at most eight."""
    found = [miss for each in dict.fromkeys(known) if (miss := near_miss(given, each)) is not None]
    order = get_args(NearMissKind)
    found.sort(key=lambda each: (each.errors, order.index(each.kind), each.address))
    return tuple(found[:SHOWN_AT_MOST])


def near_miss(given: str, known: str) -> NearMiss | None:
    """What tells a given text from a folded address on record; None where they are one, or nothing alike."""
    if read_as_given(given) == known:
        return None
    ours, theirs = _shown(tidied(given)), _shown(known)
    if not ours:
        return None
    kind = _same_but(ours, theirs)
    if kind is not None:
        return NearMiss(address=known, kind=kind)
    errors = distance(ours, theirs)
    if errors is None or not _known_again(ours, theirs):
        return None
    local, domain = _parts(ours)
    same_local = bool(domain) and local == _parts(theirs)[0]
    return NearMiss(address=known, kind="domain" if same_local else "typing", errors=errors)


def read_as_given(text: str) -> str | None:
    """The folded address that sign-in would read from a text; None where it would refuse it."""
    try:
        return fold(parse_address(text))
    except Refused:
        return None


def tidied(text: str) -> str:
    """A text without what belongs in no address: spaces, marks around it, `(at)` for @, commas for dots. Folded."""
    bare = fold("".join(each for each in fold(text) if unicodedata.category(each)[0] not in "ZC"))
    for written in ("(at)", "[at]", "{at}"):
        bare = bare.replace(written, "@")
    bare = bare.removeprefix("mailto:").strip(_AROUND)
    for wrong, right in ((",", "."), (";", "."), ("..", "."), ("@@", "@"), ("@.", "@"), (".@", "@")):
        bare = bare.replace(wrong, right)
    return read_as_given(bare) or bare


def probes(given: str) -> Probes:
    """The addresses to fetch, so that `near_miss` can look at them."""
    address = tidied(given)
    local, domain = _parts(address)
    exact = {address, *_likely(local, domain)}
    if len(address) <= EDITED_LENGTH:
        exact.update(_edited(address))
    exact = {each for each in exact if "@" in each[1:-1]}
    if not local or not domain:
        return Probes(exact=frozenset(exact))
    untagged = local.partition("+")[0]
    bare = {local, untagged, local.replace(".", "")} - {""}
    return Probes(
        exact=frozenset(exact),
        beginnings=tuple(sorted({f"{each}@" for each in bare} | {f"{untagged}+"} | _all_but_the_end(local))),
        domains=(domain, *(each for each in PROVIDERS if each != domain and distance(domain, each) is not None)),
        local_beginnings=tuple(sorted(_local_beginnings(local))),
    )


def distance(one: str, other: str, at_most: int = ERRORS_AT_MOST) -> int | None:
    """How many letters are missing, too many, wrong, or swapped with their neighbour; None for more than `at_most`."""
    if abs(len(one) - len(other)) > at_most:
        return None
    beyond = at_most + 1
    before: dict[int, int] = {}
    above = {column: column for column in range(min(len(other), at_most) + 1)}
    for row, letter in enumerate(one, 1):
        here: dict[int, int] = {}
        for column in range(max(0, row - at_most), min(len(other), row + at_most) + 1):
            best = above.get(column, beyond) + 1
            if column:
                wrong = letter != other[column - 1]
                best = min(best, here.get(column - 1, beyond) + 1, above.get(column - 1, beyond) + wrong)
                if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == other[column - 1]:
                    best = min(best, before.get(column - 2, beyond) + 1)
            here[column] = best
        if min(here.values()) > at_most:
            return None
        before, above = above, here
    found = above.get(len(other), beyond)
    return found if found <= at_most else None


def _same_but(ours: str, theirs: str) -> NearMissKind | None:
    """What tells two addresses apart that are the same otherwise; None where there is more to it."""
    if ours == theirs:
        return "spaces"
    if _skeleton(ours) == _skeleton(theirs):
        return "look_alike"
    (local, domain), (their_local, their_domain) = _parts(ours), _parts(theirs)
    if domain and domain == their_domain:
        if local.partition("+")[0] == their_local.partition("+")[0] != "":
            return "plus"
        if local.replace(".", "") == their_local.replace(".", ""):
            return "dots"
    if domain and local == their_local:
        if _same_but_ending(domain, their_domain):
            return "ending"
        if any({domain, their_domain} <= each for each in SAME_PROVIDER):
            return "domain"
    return None


def _same_but_ending(one: str, other: str) -> bool:
    """`example.com` beside `example.de`, `example.co.uk` and `example`."""
    shorter, longer = sorted((one.split("."), other.split(".")), key=len)
    if len(shorter) == 1:
        return shorter[0] == longer[0] and len(longer) > 1
    if len(longer) > len(shorter) and not (len(longer) == len(shorter) + 1 and len(longer[-2]) <= SHORT):
        return False
    return shorter[:-1] == longer[: len(shorter) - 1]


def _known_again(ours: str, theirs: str) -> bool:
    """Whether enough is left where parts are short: `jo@example.com` is nobody's typing error for `al@example.com`."""
    (local, domain), (their_local, their_domain) = _parts(ours), _parts(theirs)
    if not domain or not their_domain:
        return min(len(ours), len(theirs)) > SHORT
    pairs = [(local, their_local)]
    if domain.count(".") == their_domain.count("."):
        pairs.append((domain.partition(".")[0], their_domain.partition(".")[0]))
    return not any(
        min(len(one), len(other)) <= SHORT and distance(one, other, at_most=1) is None for one, other in pairs
    )


def _skeleton(address: str) -> str:
    apart = unicodedata.normalize("NFKD", address)
    bare = "".join(each for each in apart if not unicodedata.combining(each)).translate(_LOOK_ALIKE)
    for written, meant in _WRITTEN_ALIKE:
        bare = bare.replace(written, meant)
    return bare


def _likely(local: str, domain: str) -> Iterator[str]:
    """Other endings of the domain, and the letters that are most often mistaken for each other."""
    name = domain.partition(".")[0]
    yield from (f"{local}@{name}.{ending}" for ending in ENDINGS if name)
    address = f"{local}@{domain}" if domain else local
    yield _skeleton(address)
    for one, other in (("0", "o"), ("1", "l"), ("1", "i"), ("l", "i"), ("rn", "m"), ("vv", "w"), ("cl", "d")):
        yield address.replace(one, other)
        yield address.replace(other, one)


def _edited(address: str) -> Iterator[str]:
    """All addresses that are one error away."""
    cuts = [(address[:place], address[place:]) for place in range(len(address) + 1)]
    for head, tail in cuts:
        yield from (head + letter + tail for letter in _LETTERS)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _local_beginnings(local: str) -> set[str]:
    """The first three letters as they are, and as they would be with one of them missing, too many or swapped."""
    first = local[:SHORT]
    swapped = {local[: at - 1] + local[at] + local[at - 1] + local[at + 1 : SHORT] for at in range(1, len(first))}
    missing = {local[:at] + local[at + 1 : SHORT + 1] for at in range(len(first))}
    return {each for each in {first, *swapped, *missing} if len(each) >= min(SHORT, len(local)) - 1 and each}


def _all_but_the_end(local: str) -> set[str]:
    """Most of a long name, at whatever domain: for an error at its end and another one behind the @."""
    return {local[:-SHORT]} if len(local) > 2 * SHORT else set()


def _shown(address: str) -> str:
    """The address with its domain as people read it: A-labels would hide how alike two domains are."""
    local, mark, domain = address.rpartition("@")
    return local + mark + ".".join(map(_unicode_label, domain.split(".")))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _parts(address: str) -> tuple[str, str]:
    """Before and behind the @; what has none is all before it."""
    local, mark, domain = address.rpartition("@")
    return (local, domain) if mark else (domain, "")
