"""Pages and letters: a template, a language and frozen views in, text out.

There is one minijinja environment per language. Its loader writes into the source the parts that it includes, the
translations and the names of static files (`static("portal.css")`), so rendering runs no Python of ours.
Every template is escaped but those that end in `.txt` (minijinja's default leaves `.svg` and unnamed ones open), and a
name that a view does not have is an error, not an empty place.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import minijinja
import msgspec

from frontdesk_web.languages import LOCALES, SOURCE_LOCALE, direction, spoken
from frontdesk_web.messages import translate
from frontdesk_web.right_to_left import set_apart
from frontdesk_web.static_files import StaticFiles
from frontdesk_web.template_constants import written_out
from frontdesk_web.template_messages import translated

HERE = Path(__file__).parent / "templates"

# As the template engine would: a tag takes the blanks before it on its line and the end of the line with it.
_INCLUDE = re.compile(r'(?:^[ \t]+)?\{% include "([\w/]+\.html)" %\}\n?', re.MULTILINE)
_STATIC = re.compile(r"""\bstatic\(\s*["']([^"']+)["']\s*\)""")
_LOCALE = re.compile(r"\blocale\(\)")
_DIRECTION = re.compile(r"\bdirection\(\)")


class Page(Protocol):
    """A view that names its own template, so that the two cannot be mixed up."""

    @property
    def template(self) -> str:
        """The template's name, such as `portal/home.html`."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A finished letter."""

    subject: str
    html: str
    text: str


class Renderer:
    """Renders templates in every language. `reload` reads changed templates again (development only).

    `instead` are sources by name that stand before the folder's, also where they are included.
    """

    def __init__(
        self,
        static_files: StaticFiles,
        folder: Path = HERE,
        reload: bool = False,
        instead: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._static_files = static_files
        self._folder = folder
        self.reloads = reload
        self._instead = instead
        self._environments = {locale: self._environment(locale, reload) for locale in LOCALES}

    def with_templates(self, instead: Mapping[str, str]) -> "Renderer":
        """The same with some templates of its own."""
        return Renderer(self._static_files, self._folder, self.reloads, instead)

    def render(self, template: str, locale: str, **views: object) -> str:
        """One template with its views. An unknown locale is English. Raises `minijinja.TemplateError`."""
        environment = self._environments[spoken(locale) or SOURCE_LOCALE]
        return environment.render_template(template, **views)

    def page(self, locale: str, frame: object, page: Page) -> bytes:
        """A whole page as it is sent: `frame` is the `Frame` around it, `page` its own view."""
        # Reading a dict's values is a quarter faster than asking Python for a struct's attributes.
        views = {"frame": msgspec.to_builtins(frame), "page": msgspec.to_builtins(page)}
        return self.render(page.template, locale, **views).encode()

    def letter(self, locale: str, letter: Page) -> Letter:
        """A letter in all its forms. Its `template` names them without the ending, such as `letters/passcode`."""
        subject = self.render(f"{letter.template}.subject.txt", locale, letter=letter)
        # A subject is one line, whatever a name holds.
        subject = " ".join(subject.split())
        return Letter(
            subject=subject,
            html=self.render(f"{letter.template}.html", locale, letter=letter, subject=subject),
            text=self.render(f"{letter.template}.txt", locale, letter=letter, subject=subject),
        )

    def _environment(self, locale: str, reload: bool) -> minijinja.Environment:
        environment = minijinja.Environment(
            loader=lambda name: self._source(name, locale),
            auto_escape_callback=lambda name: False if name.endswith(".txt") else "html",
            undefined_behavior="strict",
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            reload_before_render=reload,
            pycompat=False,
        )
        environment.add_global("font_stylesheets", self._static_files.fonts())
        return environment

    def _source(self, name: str, locale: str) -> str | None:
        source = self._as_written(name)
        if source is None or not name.endswith(".html"):
            return source and self._said(source, locale)
        source = self._with_parts(source)
        if direction(locale) == "rtl":
            source = set_apart(source)
        return written_out(self._said(source, locale))

    def _with_parts(self, source: str) -> str:
        """The source with the parts that it includes, and with theirs."""

        def part(found: re.Match[str]) -> str:
            source = self._as_written(found[1])
            return found[0] if source is None else self._with_parts(source)

        return _INCLUDE.sub(part, source)

    def _as_written(self, name: str) -> str | None:
        """The source of a template, None where there is none of that name."""
        if name in self._instead:
            return self._instead[name]
        path = (self._folder / name).resolve()
        return path.read_text() if path.is_relative_to(self._folder.resolve()) and path.is_file() else None

    def _said(self, source: str, locale: str) -> str:
        """The source with what depends on the language, and with the names of static files."""
        runs = direction(locale)
        source = translated(source, lambda message: translate(locale, message), isolated=runs == "rtl")
        source = _STATIC.sub(lambda found: f"({json.dumps(self._static_files.url(found[1]))}|safe)", source)
        return _DIRECTION.sub(json.dumps(runs), _LOCALE.sub(json.dumps(locale), source))
