"""Where processes write what they have to say: a line each, on standard error. Never codes, keys or letters."""

import logging


def log_to_stderr() -> None:
    """Write from "info" on."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # One line for each job and each statement is more than an operator wants to read.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
