"""What is written into a template when it is loaded reads as what it would have printed."""

import minijinja
import pytest

from frontdesk_web.template_constants import written_out

VALUES = {"plan": {"name": "</b> & Söhne / {{ x }}", "none": None, "seats": 3}, "here": True}


def rendered(source: str) -> str:
    environment = minijinja.Environment(
        templates={"page.html": source}, undefined_behavior="strict", trim_blocks=True, lstrip_blocks=True
    )
    return environment.render_template("page.html", **VALUES)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ('<p>{{ ("Plan") }}</p>', "<p>Plan</p>"),
        ('<p>{{ ("It\'s <b> \\"a/b\\" & c") }}</p>', "<p>It&#x27;s &lt;b&gt; &quot;a&#x2f;b&quot; &amp; c</p>"),
        ('{{ ("Pay: " ~ (plan.name) ~ " now") }}', "Pay: {{ plan.name }} now"),
        ('{{ ((plan.name) ~ " " ~ (plan.seats)) }}', "{{ plan.name }} {{ plan.seats }}"),
        ('{{ ((plan.none)) }}{{ ("x" ~ (plan.none)) }}', "{{ plan.none }}x{{ plan.none }}"),
        ('<link href="{{ ("/static/a.css"|safe) }}">', '<link href="/static/a.css">'),
        ('<html lang="{{ "de" }}">', '<html lang="de">'),
        ('{{ ("\\u2068" ~ (plan.name) ~ "\\u2069") }}', "\u2068{{ plan.name }}\u2069"),
    ],
)
def test_what_is_known_becomes_text(source: str, written: str) -> None:
    assert written_out(source) == written
    assert rendered(written) == rendered(source)


@pytest.mark.parametrize(
    "source",
    [
        '{{ ("Braces {{ plan.name }}") }}',
        '{{ ("{" ~ (plan.name) ~ "}") }}',
        '{% if here %}{{ ("\\nnext") }}{% endif %}',
        '{{ (" ") }}{% if here %}x{% endif %}',
        '{{ ((plan.name|upper) ~ "!") }}',
        '{{ ("Plan") if here else ("Plans") }}',
        '{{ button(("Plan")) }}',
        '{% set word = ("Plan") %}',
    ],
)
def test_what_a_template_would_read_otherwise_stays(source: str) -> None:
    assert written_out(source) == source
