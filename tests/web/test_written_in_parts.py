"""A part that a template includes is written into it when it is loaded: what is rendered is what the engine would."""

from pathlib import Path

import minijinja
import pytest

from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import StaticFiles

PART = "{# What it is. #}\n{% for each in page.lines %}\n  <li>{{ each }}</li>\n{% endfor %}\n"
AROUND = (
    '{% include "part.html" %}',
    '<ul>\n  {% include "part.html" %}\n</ul>\n',
    '<ul>{% include "part.html" %}</ul>\n',
    '<ul>{% if page.lines %}{% include "part.html" %}{% endif %} \n\n</ul>',
    '{% macro row(page) %}{% include "part.html" %}{% endmacro %}<ul> {{ row(page) }}\t{% include "part.html" %}</ul>',
)


@pytest.mark.parametrize("source", AROUND)
def test_a_part_stands_where_it_is_included(tmp_path: Path, source: str) -> None:
    (tmp_path / "part.html").write_text(PART)
    (tmp_path / "whole.html").write_text(source)
    engine = minijinja.Environment(
        templates={"part.html": PART, "whole.html": source},
        auto_escape_callback=lambda name: "html",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page = {"lines": ["Dashboards", "<b>"]}
    rendered = Renderer(StaticFiles(), folder=tmp_path).render("whole.html", "en", page=page)
    assert rendered == engine.render_template("whole.html", page=page)


def test_a_part_speaks_the_language_of_its_page(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text('<b>{{ _("Address") }}: {{ page.name }}</b>')
    (tmp_path / "whole.html").write_text('{% include "part.html" %}')
    rendered = Renderer(StaticFiles(), folder=tmp_path).render("whole.html", "ar", page={"name": "Acme (Inc.)"})
    assert rendered == "<b>العنوان: <bdi>Acme (Inc.)</bdi></b>"


def test_a_part_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "whole.html").write_text('{% include "gone.html" %}')
    with pytest.raises(minijinja.TemplateError):
        Renderer(StaticFiles(), folder=tmp_path).render("whole.html", "en")
