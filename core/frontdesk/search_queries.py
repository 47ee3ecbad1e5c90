"""Stripe's search query language, read into clauses or refused (docs.stripe.com/search#search-query-language).

    email~"rocketrides" AND -metadata['plan']:null

A clause is a field, an operator and a value; a `-` in front negates it. Clauses are joined by AND, by OR, or by a
space, which means AND; the two are never mixed, and there are no parentheses. Text stands in quotes, in which a
backslash takes the next character as it is.
"""

import re
from collections.abc import Mapping
from typing import Literal, NoReturn, get_args

from msgspec import Struct

from frontdesk.errors import FrontdeskError

FieldType = Literal["token", "string", "numeric"]
"""`token` is compared as a whole, `string` also in part, `numeric` by size."""
Resource = Literal["charges", "customers", "invoices", "payment_intents", "prices", "products", "subscriptions"]
Operator = Literal[":", "~", ">", "<", ">=", "<="]

_CARD = "payment_method_details.card."
FIELDS: Mapping[Resource, Mapping[str, FieldType]] = {
    "charges": {
        "amount": "numeric",
        "billing_details.address.postal_code": "token",
        "created": "numeric",
        "currency": "token",
        "customer": "token",
        "disputed": "token",
        "metadata": "token",
        **{_CARD + name: "token" for name in ("brand", "exp_month", "exp_year", "fingerprint", "last4")},
        "refunded": "token",
        "status": "token",
    },
    "customers": {
        "created": "numeric",
        "email": "string",
        "metadata": "token",
        "name": "string",
        "phone": "string",
    },
    "invoices": {
        "created": "numeric",
        "currency": "token",
        "customer": "token",
        "last_finalization_error_code": "token",
        "last_finalization_error_type": "token",
        "metadata": "token",
        "number": "string",
        "receipt_number": "string",
        "status": "token",
        "subscription": "token",
        "total": "numeric",
    },
    "payment_intents": {
        "amount": "numeric",
        "created": "numeric",
        "currency": "token",
        "customer": "token",
        "metadata": "token",
        "status": "token",
    },
    "prices": {
        "active": "token",
        "currency": "token",
        "lookup_key": "string",
        "metadata": "token",
        "product": "token",
        "type": "token",
    },
    "products": {
        "active": "token",
        "description": "string",
        "metadata": "token",
        "name": "string",
        "shippable": "token",
        "url": "string",
    },
    "subscriptions": {
        "canceled_at": "numeric",
        "created": "numeric",
        "metadata": "token",
        "status": "token",
    },
}
"""What can be searched, as Stripe's tables of query fields say."""
CLAUSES_AT_MOST = 10
LEAST_PART = 3
"""Characters of a part of a text that is looked for."""
LARGEST = 2**63 - 1
METADATA = "metadata"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*", re.ASCII)
_BARE = re.compile(r"[^\s\"']+")
_NUMBER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_OPERATORS: tuple[Operator, ...] = tuple(sorted(get_args(Operator), key=len, reverse=True))
_UNREADABLE = (
    'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata'
    ' or key:"value" to query for other fields.'
)


class QueryRefused(FrontdeskError):
    """A query cannot be read. `message` says why, to whoever wrote the program that sent it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Clause(Struct, frozen=True, kw_only=True):
    """One condition. `key` is that of metadata; a `value` of None asks whether there is none."""

    field: str
    operator: Operator = ":"
    value: str | int | None
    key: str | None = None
    negated: bool = False


class SearchQuery(Struct, frozen=True, kw_only=True):
    """Clauses of which `any` one has to hold, or all."""

    clauses: tuple[Clause, ...]
    any: bool = False


def read_query(text: str, resource: Resource) -> SearchQuery:
    """The conditions that a query sets for objects of a resource.

    Raises:
        QueryRefused: it cannot be read, or asks for something that the resource does not have; with Stripe's sentences.
    """
    return _Reader(text, resource).read()


class _Reader:
    """Reads a query from front to back."""

    def __init__(self, text: str, resource: Resource) -> None:
        self._text = text
        self._place = 0
        self._resource = resource

    def read(self) -> SearchQuery:
        clauses: list[Clause] = []
        joined: set[str] = set()
        self._skip_spaces()
        while self._place < len(self._text):
            clauses.append(self._clause())
            if len(clauses) > CLAUSES_AT_MOST:
                _refuse(f"A search query has at most {CLAUSES_AT_MOST} clauses.")
            spaced = self._skip_spaces()
            if self._place == len(self._text):
                break
            if not spaced:
                _refuse()
            joined.add(self._joint())
        if not clauses:
            _refuse()
        if len(joined) > 1:
            _refuse(f"{_UNREADABLE} AND and OR cannot be combined in one query; a space between clauses means AND.")
        return SearchQuery(clauses=tuple(clauses), any=joined == {"OR"})

    def _joint(self) -> str:
        """The word between two clauses, if there is one."""
        for word in ("AND", "OR"):
            end = self._place + len(word)
            if self._text[self._place : end].upper() == word and self._text[end : end + 1].isspace():
                self._place = end
                self._skip_spaces()
                if self._place == len(self._text):
                    _refuse()
                return word
        return "AND"

    def _clause(self) -> Clause:
        negated = self._take("-")
        name = _NAME.match(self._text, self._place)
        if name is None:
            _refuse()
        self._place = name.end()
        field, key = name[0], self._key()
        type_ = FIELDS[self._resource].get(field)
        operator = next((each for each in _OPERATORS if self._take(each)), None)
        if operator is None:
            _refuse()
        quoted, written = self._value()
        if type_ is None or (key is not None) != (field == METADATA):
            _refuse_field(field, self._resource)
        value = _value_of(field, type_, operator, quoted, written)
        return Clause(field=field, operator=operator, value=value, key=key, negated=negated)

    def _key(self) -> str | None:
        if not self._take("["):
            return None
        key = self._quoted()
        if not key or not self._take("]"):
            _refuse()
        return key

    def _value(self) -> tuple[bool, str]:
        """A value, and whether it stands in quotes."""
        quoted = self._quoted()
        if quoted is not None:
            return True, quoted
        bare = _BARE.match(self._text, self._place)
        if bare is None:
            _refuse()
        self._place = bare.end()
        return False, bare[0]

    def _quoted(self) -> str | None:
        """A text in quotes, of either kind; None where none begins here."""
        mark = self._text[self._place : self._place + 1]
        if mark not in ('"', "'") or not mark:
            return None
        self._place += 1
        read: list[str] = []
        while self._place < len(self._text):
            each = self._text[self._place]
            self._place += 1
            if each == mark:
                return "".join(read)
            if each == "\\" and self._place < len(self._text):
                each = self._text[self._place]
                self._place += 1
            read.append(each)
        return _refuse()

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._place):
            return False
        self._place += len(text)
        return True

    def _skip_spaces(self) -> bool:
        start = self._place
        while self._place < len(self._text) and self._text[self._place].isspace():
            self._place += 1
        return self._place > start


def _value_of(field: str, type_: FieldType, operator: Operator, quoted: bool, written: str) -> str | int | None:
    """The value as the field's type has it."""
    if operator == "~" and type_ != "string":
        _refuse(f"Field `{field}` does not support substring search with `~`. Use `:` to look for the whole value.")
    if operator in ("<", ">", "<=", ">=") and type_ != "numeric":
        _refuse(f"Field `{field}` is not numeric and cannot be compared with `{operator}`.")
    if not quoted and written.lower() == "null":
        if operator != ":":
            _refuse(f"`null` can only be looked for with `:`, as in `{field}:null`.")
        return None
    if type_ == "numeric":
        if not _NUMBER.fullmatch(written) or abs(int(written)) > LARGEST:
            _refuse(f"Field `{field}` is numeric: `{written[:40]}` is not an integer.")
        return int(written)
    if not quoted and not _NUMBER.fullmatch(written) and written not in ("true", "false"):
        _refuse()
    if operator == "~" and len(written) < LEAST_PART:
        _refuse(f"Substring search with `~` needs at least {LEAST_PART} characters.")
    return written


def _refuse(sentence: str = _UNREADABLE) -> NoReturn:
    raise QueryRefused(sentence)


def _refuse_field(field: str, resource: Resource) -> NoReturn:
    known = ", ".join(f"{name}['key']" if name == METADATA else name for name in FIELDS[resource])
    _refuse(
        f"Field `{field[:100]}` is an unsupported search field for resource `{resource}`. "
        f"Supported fields are: {known}."
    )
