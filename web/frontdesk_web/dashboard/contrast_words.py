"""What became of a button colour that could not be read everywhere, in sentences."""

from collections.abc import Sequence

from msgspec import Struct

from frontdesk.palettes import Move
from frontdesk_web.locale_data import locale_data
from frontdesk_web.messages import _, translate

_SENTENCES = {
    ("light", "button"): _(
        "Buttons are shown in {used}. {chosen} has a contrast of {ratio} to 1 with the page; a button needs {needed}."
    ),
    ("light", "link"): _(
        "Links are shown in {used}. As text, {chosen} has a contrast of {ratio} to 1; text needs {needed}."
    ),
    ("dark", "button"): _(
        "On dark screens, buttons are shown in {used}: there {chosen} has a contrast of {ratio} to 1."
    ),
    ("dark", "link"): _("On dark screens, links are shown in {used}: there {chosen} has a contrast of {ratio} to 1."),
}


class Correction(Struct, frozen=True, kw_only=True):
    """A sentence, with the colour that was chosen and the one that is used, as `#rrggbb`."""

    chosen: str
    used: str
    sentence: str


def corrections(moved: Sequence[Move], locale: str) -> tuple[Correction, ...]:
    """Every correction in words, the light scheme's first."""
    return tuple(
        Correction(
            chosen=move.chosen,
            used=move.used,
            sentence=translate(
                locale,
                _SENTENCES[move.scheme, move.place],
                used=move.used,
                chosen=move.chosen,
                ratio=ratio_words(move.ratio, locale),
                needed=ratio_words(move.needed, locale),
            ),
        )
        for move in moved
    )


def ratio_words(value: float, locale: str) -> str:
    """Rounded down, so that what is not enough never looks as if it were."""
    return f"{int(value * 10) / 10:g}".replace(".", locale_data(locale).decimal)
