"""SPF (RFC 7208): whether a domain's record names the operator's mail servers, and how it would."""

import ipaddress
import re
from collections.abc import Mapping

from frontdesk.mail_records import UNANSWERED, Answer, Fault, Finding, Needed, _

MOST_LOOKUPS = 10
"""More terms that ask the DNS are an error (RFC 7208 §4.6.4)."""

_ALL = re.compile(r"[+?~-]?all", re.IGNORECASE)
_ASKING = re.compile(r"[+?~-]?(include:|exists:|a([:/]|$)|mx([:/]|$)|ptr(:|$))|redirect=", re.IGNORECASE)


def judge_spf(needed: Needed, answers: Mapping[str, Answer]) -> Finding:
    """Whether the domain's SPF record lets the operator's servers send for it; `publish` is one that does."""
    answer = answers[needed.domain]
    records = tuple(each for each in answer.texts if each.lower().split(" ")[0] == "v=spf1")
    terms = [term for record in records for term in record.split()[1:]]
    fault = _fault(needed, records, terms) if answer.answered else ("unanswered", UNANSWERED, {"name": needed.domain})
    state, sentence, parameters = fault or ("found", "", {})
    return Finding(
        kind="spf",
        state=state,
        name=needed.domain,
        publish=records[0] if state == "found" else _with_mechanisms(terms, needed.spf),
        found=records,
        sentence=sentence,
        parameters=parameters,
    )


def _fault(needed: Needed, records: tuple[str, ...], terms: list[str]) -> Fault | None:
    if not records:
        return "missing", _("Add this TXT record. A domain has one SPF record; this one has none yet."), {}
    if len(records) > 1:
        sentence = _(
            "There are {number} SPF records. A domain may have only one, else receivers ignore all of them. Delete them"
            " and add this one, which says the same."
        )
        return "different", sentence, {"number": len(records)}
    missing = [each for each in needed.spf if not _covered(each, terms)]
    if missing:
        sentence = _("Your SPF record does not name our mail servers. Replace it with this one, which adds {missing}.")
        return "different", sentence, {"missing": " ".join(missing)}
    asking = sum(_ASKING.match(term) is not None for term in terms)
    if asking > MOST_LOOKUPS:
        sentence = _(
            "Your SPF record asks for {number} further look-ups; receivers give up after {most}. Remove the services"
            " that you no longer send mail with."
        )
        return "different", sentence, {"number": asking, "most": MOST_LOOKUPS}
    return None


def _with_mechanisms(terms: list[str], mechanisms: tuple[str, ...]) -> str:
    """One record that says what all these terms say, with the mechanisms in front, where nothing overrules them."""
    bare = {each.lower() for each in mechanisms}
    kept = [
        term
        for term in dict.fromkeys(terms)
        if not _ALL.fullmatch(term) and term.lower().lstrip("+?~-") not in bare and "redirect=" not in term.lower()
    ]
    endings = [term for term in terms if _ALL.fullmatch(term) or term.lower().startswith("redirect=")]
    ending = endings[:1] if terms else ["~all"]
    return " ".join(("v=spf1", *mechanisms, *kept, *ending))


def _covered(mechanism: str, terms: list[str]) -> bool:
    """Whether a receiver that reads from the left comes to say that this mechanism passes."""
    for term in terms:
        if _ALL.fullmatch(term):
            return term[0] in "+aA"
        if _same(term.lstrip("+?~-"), mechanism):
            return term[0] not in "?~-"
    return False


def _same(term: str, mechanism: str) -> bool:
    """Whether a term matches all that the mechanism does; one for networks may be wider."""
    kind, _sign, value = mechanism.lower().partition(":")
    if kind in ("ip4", "ip6") and term.lower().startswith(kind + ":"):
        try:
            ours, theirs = ipaddress.ip_network(value, False), ipaddress.ip_network(term.partition(":")[2], False)
        except ValueError:
            return False
        return ours.version == theirs.version and ours.subnet_of(theirs)  # type: ignore[arg-type]
    return term.lower() == mechanism.lower()
