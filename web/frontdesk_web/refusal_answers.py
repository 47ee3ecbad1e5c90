"""What a refusal is in HTTP, on every face: its status, and when to come again where it is for a moment only."""

from frontdesk.errors import Refusal

TOO_MANY = 429


def refusal_status(refusal: Refusal) -> int:
    """404 for what is not there, 403 where nobody may, 429 where it will be possible soon, else 400."""
    if refusal.missing:
        return 404
    if refusal.forbidden:
        return 403
    return TOO_MANY if refusal.for_now else 400


def retry_headers(refusal: Refusal) -> dict[str, str]:
    """The Retry-After header of a refusal that is for a moment only; none for all others (RFC 6585 §4)."""
    return {"Retry-After": str(max(refusal.retry_after, 1))} if refusal.for_now else {}
