"""What a line of the log says: what happened, and to what. One event is one line, whoever wrote what it quotes."""

import io
import logging
import sys

import pytest

from frontdesk.plugins import PluginHost
from frontdesk_web.logs import Line


def logged(name: str, level: int, message: str, *arguments: object, **details: object) -> str:
    """What a logger of that name writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Line())
    log = logging.Logger(name)
    log.addHandler(handler)
    log.log(level, message, *arguments, **details)  # type: ignore[arg-type]
    return written.getvalue()


def test_what_an_event_is_about_stands_behind_it() -> None:
    line = logged(
        "frontdesk.plugins",
        logging.ERROR,
        "plugin failed",
        extra={"plugin": "otp_file", "call": "deliver", "tenant": "4f0d", "account": None},
    )
    assert line.endswith(" ERROR frontdesk.plugins plugin failed plugin=otp_file call=deliver tenant=4f0d\n")


def test_what_is_quoted_stays_on_its_line() -> None:
    line = logged(
        "frontdesk.api",
        logging.ERROR,
        "%s answered %d",
        "/v1/x\n2026-11-28 00:00:00,000 INFO frontdesk.security nothing happened",
        500,
        extra={"request_id": "req_1", "reason": "a b\r\nc=d"},
    )
    assert line.count("\n") == 1
    assert "/v1/x\\n2026-11-28" in line
    assert line.endswith(" request_id=req_1 reason='a b\\r\\nc=d'\n")


def test_a_traceback_follows_its_line() -> None:
    try:
        raise ValueError("no")
    except ValueError:
        text = logged(
            "frontdesk.web", logging.ERROR, "a page failed", exc_info=sys.exc_info(), extra={"request_id": "req_2"}
        )
    first, *rest = text.splitlines()
    assert first.endswith("a page failed request_id=req_2")
    assert rest[0] == "Traceback (most recent call last):"
    assert rest[-1] == "ValueError: no"


def test_what_others_log_is_as_they_say_it() -> None:
    assert logged("uvicorn.error", logging.INFO, "started\nwell", extra={"color_message": "x"}).endswith(
        " INFO uvicorn.error started\nwell\n"
    )


def test_a_plugin_that_is_left_out_is_named_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    """What `PluginHost.load` logs, as a process writes it."""
    PluginHost.load(frozenset({"no_such_plugin"}))
    (record,) = [each for each in caplog.records if each.message == "plugin left out"]
    line = Line().format(record)
    assert " plugin=no_such_plugin " in line
    assert "reason=" in line
