"""Words that are worked out once and then remembered, for as long as others are not asked for more lately."""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def remembered(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`lru_cache` for a function that others call: what they give it is still checked by type.

    `most` is how many answers are kept. What it is asked with can be hashed.
    """
    return cast(Callable[[Callable[P, R]], Callable[P, R]], lru_cache(maxsize=most))
