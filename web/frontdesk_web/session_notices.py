"""What a page's script says before its session ends, in words of the reader's language (`static/js/session_end.js`).

The script asks for it from time to time. Asking is no visit: a page that is left open keeps nobody signed in.
"""

from datetime import datetime

import msgspec
from litestar import MediaType, Response
from msgspec import Struct

from frontdesk.session_ends import EARLY, LATE, SessionEnd
from frontdesk_web.messages import translate

OVER = 401
_TIME = "{time}"


class SessionNotice(Struct, frozen=True, kw_only=True):
    """`left` seconds until the end, `early` and `late` before which it is said; `longest` until the end that nobody
    puts off. `title` and `text` say it, with a `{time}` that the script fills with the reader's own clock.

    `act` is the button that puts the end off, empty where nothing does; once it is over, the link that leads on.
    `done` is said when it was put off. `csrf` goes along with the button.
    """

    left: int
    early: int
    late: int
    longest: int
    title: str
    text: str
    act: str
    close: str
    done: str = ""
    csrf: str = ""


def session_answer(
    end: SessionEnd, expires_at: datetime, now: datetime, *, hours: int, locale: str, csrf: str
) -> Response[bytes]:
    """What there is to say of a session that is good now. `hours` is how long one lasts at most."""
    if end.can_stay:
        text = translate(locale, "Nothing has happened here for a while. You will be signed out at {time}.", time=_TIME)
    else:
        text = translate(
            locale,
            "For your safety nobody stays signed in for longer than {hours} hours. You will be signed out at {time}."
            " Finish what you have begun before then.",
            hours=hours,
            time=_TIME,
        )
    left = end.left(now)
    notice = SessionNotice(
        left=int(left.total_seconds()),
        early=int(EARLY.total_seconds()),
        late=int(LATE.total_seconds()),
        longest=max(int((expires_at - now).total_seconds()), 0),
        title=translate(locale, "You will be signed out soon"),
        text=text,
        act=translate(locale, "Stay signed in") if end.can_stay else "",
        close=translate(locale, "Close"),
        done=translate(locale, "You stay signed in."),
        csrf=csrf,
    )
    return _json(notice, 200)


def over_answer(locale: str, *, keeps: bool = False) -> Response[bytes]:
    """What there is to say where nobody is signed in (any more). `keeps` says that what is sent now is kept."""
    saved = translate(locale, "Whatever you confirmed before is saved.")
    kept = translate(locale, "What you have typed can still be sent: it is kept until you have signed in again.")
    notice = SessionNotice(
        left=0,
        early=int(EARLY.total_seconds()),
        late=int(LATE.total_seconds()),
        longest=0,
        title=translate(locale, "You are signed out"),
        text=f"{saved} {kept}" if keeps else saved,
        act=translate(locale, "Sign in again"),
        close=translate(locale, "Close"),
    )
    return _json(notice, OVER)


def _json(notice: SessionNotice, status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(notice), status_code=status, media_type=MediaType.JSON)
