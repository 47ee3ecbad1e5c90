"""A value that never prints itself."""

import hmac


class Secret:
    """A secret text. `repr`, `str`, formatting and encoding show a mask; only `reveal()` gives the text.

    msgspec cannot encode it (TypeError), which is what we want everywhere outside the vault.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself. Call it where the secret is used, never to store or print it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(••••)"

    def __str__(self) -> str:
        return "••••"

    def __format__(self, spec: str) -> str:
        return "••••"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> tuple[type, tuple[str]]:
        raise TypeError("A Secret cannot be pickled.")
