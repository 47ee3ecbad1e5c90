"""Products."""

from typing import Any

from frontdesk.book import Product
from frontdesk_web.api.shapes.values import unix


def product(stored: Product, livemode: bool) -> dict[str, Any]:
    """A product, or what is left of a deleted one."""
    if stored.deleted:
        return {"id": stored.id, "object": "product", "deleted": True}
    return {
        "id": stored.id,
        "object": "product",
        "active": stored.active,
        "created": unix(stored.created),
        "default_price": stored.default_price,
        "description": stored.description,
        "images": list(stored.images),
        "livemode": livemode,
        "marketing_features": [{"name": each.name} for each in stored.marketing_features],
        "metadata": dict(stored.metadata),
        "name": stored.name,
        "package_dimensions": None,
        "shippable": stored.shippable,
        "statement_descriptor": stored.statement_descriptor,
        "tax_code": stored.tax_code,
        "type": "service",
        "unit_label": stored.unit_label,
        "updated": unix(stored.updated),
        "url": stored.url,
    }
