"""Objects drawn from the schemas of Stripe's OpenAPI document: every field that may be null or absent sometimes is,
and a word of a list is sometimes one that came after the document."""

from collections.abc import Collection, Mapping
from typing import Any

from hypothesis import strategies as st
from stripe_openapi import document

NEW_WORD = "something_newer"
"""A word that is on no list yet."""
_KNOWN = {"currency": ("eur", "usd", "jpy", "kwd", "isk"), "interval": ("day", "week", "month", "year")}
"""What is a plain text, or a list, in the document and that we can count in."""

_IDS = {"id", "coupon", "customer", "discount", "invoice", "invoice_item", "price", "product", "tax_rate"} | {
    "subscription",
    "subscription_item",
}
"""Fields that hold the id of an object, which is never empty."""


class Drawing:
    """Draws objects. `expanded` are the paths of references that were asked for: `discounts.source.coupon`."""

    def __init__(self, draw: st.DrawFn, expanded: Collection[str], currency: str) -> None:
        self.draw = draw
        self.currency = currency
        # Whoever asks for `a.b` also gets `a`.
        self.expanded = {".".join(each.split(".")[: n + 1]) for each in expanded for n in range(each.count(".") + 1)}

    def object(self, schema: str, path: str = "") -> dict[str, Any]:
        """One object of a schema by its name."""
        drawn = self._fields(schema, path)
        if schema == "coupon" and drawn.get("percent_off") is None:
            # The document does not say that a coupon takes something off.
            drawn["percent_off"] = 12.5
        return drawn

    def _fields(self, schema: str, path: str) -> dict[str, Any]:
        found = document()["components"]["schemas"][schema]
        required = set(found.get("required", ()))
        drawn = {}
        for name, of in found["properties"].items():
            inner = f"{path}.{name}" if path else name
            if name in required or inner in self.expanded or name == "coupon" or self.draw(st.booleans()):
                drawn[name] = self.value(of, inner, name)
        return drawn

    def value(self, schema: Mapping[str, Any], path: str, name: str) -> Any:
        """A value of one field."""
        if name == "coupon" and "anyOf" in schema:
            # It is null where a discount comes from something that is not in the document yet.
            return self._any(schema["anyOf"], path, name)
        if schema.get("nullable") and path not in self.expanded and self.draw(st.booleans()):
            return None
        if "anyOf" in schema:
            return self._any(schema["anyOf"], path, name)
        if "$ref" in schema:
            return self.object(schema["$ref"].rpartition("/")[2], path)
        if "enum" in schema:
            return self._word(schema["enum"], name)
        return self._plain(schema, path, name)

    def _any(self, ways: list[Mapping[str, Any]], path: str, name: str) -> Any:
        texts = [each for each in ways if each.get("type") == "string"]
        objects = [each for each in ways if "$ref" in each and "deleted_" not in each["$ref"]]
        if texts and objects:
            return self.value(objects[0] if path in self.expanded else texts[0], path, name)
        if objects and len(ways) == len(objects) == 1:
            return self.value(objects[0], path, name)
        return self.value(self.draw(st.sampled_from(ways)), path, name)

    def _word(self, words: list[str], name: str) -> Any:
        if name == "object" or name in _KNOWN:
            return self.draw(st.sampled_from(words))
        return self.draw(st.sampled_from([*words, NEW_WORD]))

    def _plain(self, schema: Mapping[str, Any], path: str, name: str) -> Any:
        kind = schema.get("type")
        if kind == "integer":
            return self._integer(schema, name)
        if kind == "boolean":
            return name not in ("has_more", "deleted") and self.draw(st.booleans())
        if kind == "number":
            return self.draw(st.integers(0, 10_000)) / 100
        if kind == "array":
            return self._list(schema["items"], path)
        if kind == "object":
            return self._object(schema, path)
        if name.endswith("currency"):
            return self.currency
        if schema.get("format") == "decimal":
            return str(self.draw(st.integers(0, 100_000))) + self.draw(st.sampled_from(("", ".5", ".125")))
        if name in _IDS:
            return self.draw(st.sampled_from((f"{name}_1", f"{name}_2")))
        if name == "status":
            return self.draw(st.sampled_from(("paid", "open", NEW_WORD)))
        return self.draw(st.sampled_from(("", "a", "Straße 5", "x" * 40)))

    def _integer(self, schema: Mapping[str, Any], name: str) -> int:
        if schema.get("format") == "unix-time":
            return self.draw(st.integers(0, 4_000_000_000))
        if name in ("interval_count", "divide_by", "up_to", "quantity", "exp_month"):
            return self.draw(st.integers(1, 12))
        if name == "exp_year":
            return self.draw(st.integers(1970, 2100))
        # Whole numbers of minor units in every currency that Stripe counts finer than ISO 4217.
        return self.draw(st.integers(-1000, 100_000)) * 100

    def _list(self, items: Mapping[str, Any], path: str) -> list[Any]:
        count = self.draw(st.integers(1, 2) if path in ("items.data", "tiers") else st.integers(0, 2))
        return [self.value(items, path, path.rpartition(".")[2]) for _ in range(count)]

    def _object(self, schema: Mapping[str, Any], path: str) -> dict[str, Any]:
        if "properties" in schema:
            return {name: self.value(of, f"{path}.{name}", name) for name, of in schema["properties"].items()}
        inner = schema.get("additionalProperties")
        if not isinstance(inner, dict):
            return {}
        keys = ("usd", "chf") if "currency" in path or "balance" in path else ("plan", "team")
        return {key: self.value(inner, f"{path}.{key}", key) for key in keys if self.draw(st.booleans())}


@st.composite
def objects(draw: st.DrawFn, schema: str, expanded: Collection[str] = ()) -> dict[str, Any]:
    """Objects of a schema, with those references expanded that are asked for."""
    return Drawing(draw, expanded, draw(st.sampled_from(_KNOWN["currency"]))).object(schema)
