"""A request as handlers take it, of which nothing of Litestar's own would have to be typed.

Litestar keeps a description of each parameter of each handler, and of all that its type is made of: where a request is
three times `Any`, three more for each of five hundred handlers, which is a megabyte of every process.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

from litestar import Request

if TYPE_CHECKING:
    AnyRequest: TypeAlias = Request[Any, Any, Any]
else:
    AnyRequest = Request
