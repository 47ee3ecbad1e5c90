"""DKIM (RFC 6376): whether the public key of a side lies under its selector."""

import re
from collections.abc import Mapping

from frontdesk.mail_records import UNANSWERED, Answer, Fault, Finding, Needed, _, tags_of

DNS_STRING = 255
"""Bytes of one string of a TXT record; longer values are written as several (RFC 1035 §3.3.14)."""

_SPACE = re.compile(r"\s+")


def judge_dkim(needed: Needed, answers: Mapping[str, Answer]) -> Finding:
    """Whether this side's key, and no other, lies under its selector: that is the proof that the domain is theirs."""
    answer = answers[needed.dkim_name]
    fault = _fault(needed, answer) if answer.answered else ("unanswered", UNANSWERED, {"name": needed.dkim_name})
    state, sentence, parameters = fault or ("found", "", {})
    return Finding(
        kind="dkim",
        state=state,
        name=needed.dkim_name,
        publish=f"v=DKIM1; k=rsa; p={needed.public_key}",
        found=answer.texts,
        sentence=sentence,
        parameters=parameters,
    )


def _fault(needed: Needed, answer: Answer) -> Fault | None:
    if not answer.texts and answer.alias:
        sentence = _("This name is an alias of {alias}, where there is no key. Replace the alias with this TXT record.")
        return "missing", sentence, {"alias": answer.alias}
    if not answer.texts:
        sentence = _(
            "Add this TXT record. Some providers add the domain to the name by themselves: leave it out there."
        )
        return "missing", sentence, {}
    if len(answer.texts) > 1:
        return "different", _("There are several records under this name. Keep this one alone."), {}
    return _fault_of_key(tags_of(answer.texts[0]), needed.public_key)


def _fault_of_key(tags: Mapping[str, str], ours: str) -> Fault | None:
    key = _SPACE.sub("", tags.get("p", ""))
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags or tags.get("k", "rsa") != "rsa":
        return "different", _("This is no key for DKIM. Replace the record with this one."), {}
    if not key:
        return "different", _("The key was withdrawn: its place is empty. Replace the record with this one."), {}
    if key != ours and ours.startswith(key):
        sentence = _(
            "The key is cut off after {number} characters. Enter the whole value; if your provider takes at most {most}"
            " characters, enter it as several texts in quotation marks, one after the other."
        )
        return "different", sentence, {"number": len(key), "most": DNS_STRING}
    if key != ours:
        return "different", _("There is another key under this name. Replace the record with this one."), {}
    hashes, services = tags.get("h", "sha256").split(":"), tags.get("s", "*").split(":")
    if "sha256" not in hashes or not {"*", "email"} & set(services):
        return "different", _("The record does not allow this key for mail. Replace it with this one."), {}
    return None
