"""What is known when a template is loaded is written into it as text, so that rendering copies it and computes nothing.

`template_messages` leaves expressions in the source: `{{ ("Plan") }}`, `{{ ("Pay now: " ~ (plan.name)) }}`. Where one
is all that is printed, its words become text of the template, escaped as they would have been, and what is left are the
names of values: `Pay now: {{ plan.name }}`. A page has a hundred of them.
"""

import json
import re

from minijinja import Environment

_LITERAL = r'"(?:[^"\\]|\\.)*"'
_VALUE = r"\([a-z_]+(?:\.[a-z_]+)*\)"
_TERM = rf"(?:{_LITERAL}|{_VALUE})"
_PRINTED = re.compile(rf"\{{\{{ (?:\(({_TERM}(?: ~ {_TERM})*)\)|({_LITERAL})|\(({_LITERAL})\|safe\)) \}}\}}")
_TERMS = re.compile(_TERM)
# Braces would be read as the template's own, and blanks at its tags are cut off.
_UNFIT = re.compile(r"[{}\r\n]")
_escaping = Environment(templates={"text.html": "{{ text }}"})


def written_out(source: str) -> str:
    """The source of an HTML template in which what is printed stands as text, as far as it is known."""
    return _PRINTED.sub(_written, source)


def _written(found: re.Match[str]) -> str:
    terms = _TERMS.findall(found[1] or found[2] or found[3])
    texts = [json.loads(each) for each in terms if each[0] == '"']
    if any(map(_UNFIT.search, texts)) or not all(_holds_its_place(terms[at]) for at in (0, -1)):
        return found[0]
    if found[3]:
        return "".join(texts)
    return "".join(_escaped(json.loads(each)) if each[0] == '"' else f"{{{{ {each[1:-1]} }}}}" for each in terms)


def _holds_its_place(term: str) -> bool:
    return term[0] != '"' or not json.loads(term).isspace()


def _escaped(text: str) -> str:
    return _escaping.render_template("text.html", text=text)
