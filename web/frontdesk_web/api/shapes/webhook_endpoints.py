"""Webhook endpoints."""

from typing import Any

from frontdesk.secret import Secret
from frontdesk.webhook_endpoints import WebhookEndpoint
from frontdesk_web.api.shapes.values import unix


def webhook_endpoint(stored: WebhookEndpoint, livemode: bool, secret: Secret | None = None) -> dict[str, Any]:
    """A webhook endpoint; with its secret when it is made, and never again."""
    shown: dict[str, Any] = {
        "id": stored.id,
        "object": "webhook_endpoint",
        "api_version": stored.api_version,
        "application": None,
        "created": unix(stored.created),
        "description": stored.description,
        "enabled_events": list(stored.types),
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "status": "enabled" if stored.enabled else "disabled",
        "url": stored.url,
    }
    return shown if secret is None else shown | {"secret": secret.reveal()}
