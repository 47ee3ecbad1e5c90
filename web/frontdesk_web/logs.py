"""Where processes write what they have to say: a line each, on standard error. Never codes, keys or letters."""

import logging
from typing import Any

_OURS = "frontdesk"
_EVERY_RECORD_HAS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Line(logging.Formatter):
    """When, how bad, who, what, and of ours what it is about: `… plugin failed plugin=otp_file call=deliver`.

    What is quoted may be a stranger's, such as a path, so that it cannot begin a line of its own.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line before a traceback."""
        line = super().formatMessage(record)
        if not record.name.startswith(_OURS):
            return line
        about = {name: each for name, each in vars(record).items() if name not in _EVERY_RECORD_HAS}
        details = "".join(f" {name}={_written(each)}" for name, each in about.items() if each is not None)
        return _on_one_line(line) + details


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write from `level` on. A second call changes the level alone."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    logging.basicConfig(handlers=[handler])
    logging.getLogger().setLevel(level)
    # One line for each job and each statement is more than an operator wants to read.
    for name in ("procrastinate", "httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _written(value: Any) -> str:
    text = str(value)
    plain = text.isprintable() and text and not set(text) & set(" ='\"")
    return text if plain else repr(text)


def _on_one_line(line: str) -> str:
    return line if line.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in line)
