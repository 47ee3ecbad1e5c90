"""DMARC (RFC 7489): whether a domain, or the one above it, says what to do with letters that prove nothing."""

import re
from collections.abc import Mapping

from frontdesk.mail_records import UNANSWERED, Answer, Finding, Needed, State, _, tags_of

_DMARC = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
_NEW = "v=DMARC1; p=none"


def judge_dmarc(needed: Needed, answers: Mapping[str, Answer]) -> Finding:
    """Whether there is a policy for the domain. Any will do: letters are signed for the very domain they are from."""
    name, above = f"_dmarc.{needed.domain}", f"_dmarc.{needed.organisation}"
    records = _records(answers[name])
    if answers[name].answered and not records and above != name:
        inherited = _records(answers[above])
        if len(inherited) == 1 and _has_policy(inherited[0]):
            sentence = _("The record of {domain} holds for this domain too.")
            return _finding(above, inherited, "found", inherited[0], sentence, {"domain": needed.organisation})
        if not answers[above].answered:
            return _finding(name, (), "unanswered", _NEW, UNANSWERED, {"name": above})
    if not answers[name].answered:
        return _finding(name, (), "unanswered", _NEW, UNANSWERED, {"name": name})
    if not records:
        sentence = _(
            "Add this TXT record. It only asks receivers to check; make it stricter once all your mail passes."
        )
        return _finding(name, records, "missing", _NEW, sentence)
    if len(records) > 1:
        sentence = _("There are {number} DMARC records, so that receivers follow none. Keep this one alone.")
        kept = next(filter(_has_policy, records), _NEW)
        return _finding(name, records, "different", kept, sentence, {"number": len(records)})
    if not _has_policy(records[0]):
        sentence = _("Your DMARC record says no policy (p=none, p=quarantine or p=reject). Replace it with this one.")
        return _finding(name, records, "different", _with_policy(records[0]), sentence)
    return _finding(name, records, "found", records[0])


def _finding(
    name: str,
    found: tuple[str, ...],
    state: State,
    publish: str,
    sentence: str = "",
    parameters: Mapping[str, str | int] | None = None,
) -> Finding:
    return Finding(
        kind="dmarc",
        state=state,
        name=name,
        publish=publish,
        found=found,
        sentence=sentence,
        parameters=parameters or {},
    )


def _records(answer: Answer) -> tuple[str, ...]:
    return tuple(each for each in answer.texts if _DMARC.match(each))


def _has_policy(record: str) -> bool:
    return tags_of(record).get("p", "").lower() in ("none", "quarantine", "reject")


def _with_policy(record: str) -> str:
    """The record with p=none behind the version, where p belongs (RFC 7489 §6.3)."""
    rest = [part.strip() for part in record.split(";")[1:]]
    kept = [part for part in rest if part and part.partition("=")[0].strip().lower() != "p"]
    return "; ".join(("v=DMARC1", "p=none", *kept))
