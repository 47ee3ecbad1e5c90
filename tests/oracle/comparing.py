"""Oracle and engine side by side: the first difference of a story, and the shortest story that still has one."""

from collections.abc import Iterator
from itertools import zip_longest
from pprint import pformat

from oracle.engine_side import EngineSide
from oracle.stories import Story, Told, lived, told


def difference(story: Told) -> str | None:
    """Where the engine parts from the oracle, in words; None where they agree after every deed."""
    engine = EngineSide(story.deeds[0]["at"] if story.deeds else 0)
    for number, (deed, (done, state)) in enumerate(zip(story.deeds, story.states, strict=True)):
        if engine.act(deed) != done:
            return (
                f"deed {number}: the oracle {'does it, the engine refuses' if done else 'refuses, the engine does it'}"
            )
        theirs = engine.now()
        if theirs != state:
            return f"deed {number}\nengine {pformat(theirs, width=150)}\noracle {pformat(state, width=150)}"
    theirs, ours = engine.invoices_seen(), story.invoices
    for number, (one, two) in enumerate(zip_longest(theirs, ours)):
        if one != two:
            return f"invoice {number}\nengine {pformat(one, width=150)}\noracle {pformat(two, width=150)}"
    return None


def report(seed: int) -> str | None:
    """What is wrong with the story of a seed, with the story as short as it can be told; None where nothing is."""
    story = told(seed)
    if difference(story) is None:
        return None
    short = lived(shrunk(story.deeds))
    return f"seed {seed}\n{pformat(short.deeds, width=120, sort_dicts=False)}\n{difference(short)}"


def shrunk(deeds: Story) -> Story:
    """A story without whatever is not needed for a difference."""
    found = True
    while found:
        found = False
        for shorter in _shorter(deeds):
            if difference(lived(shorter)) is not None:
                deeds, found = shorter, True
                break
    return deeds


def _shorter(deeds: Story) -> Iterator[Story]:
    for place in reversed(range(len(deeds))):
        yield deeds[:place] + deeds[place + 1 :]
    for place, deed in enumerate(deeds):
        for simpler in _simpler(deed):
            yield [*deeds[:place], simpler, *deeds[place + 1 :]]


def _simpler(deed: dict) -> Iterator[dict]:
    for name in (
        "coupons",
        "rates",
        "trial",
        "anchor",
        "day_of_month",
        "back",
        "free",
        "later",
        "anew",
        "over",
        "currency",
    ):
        if deed.get(name) and not (name in ("coupons", "rates") and deed["do"] in ("coupons", "rates")):
            yield {key: value for key, value in deed.items() if key != name}
    if deed["do"] == "create":
        for place, item in enumerate(deed["items"]):
            if len(deed["items"]) > 1:
                yield deed | {"items": deed["items"][:place] + deed["items"][place + 1 :]}
            if set(item) > {"price", "quantity"}:
                plain = {"price": item["price"], "quantity": item["quantity"]}
                yield deed | {"items": [*deed["items"][:place], plain, *deed["items"][place + 1 :]]}
    if deed["do"] == "change":
        if deed["new"]:
            yield deed | {"new": []}
        for place, item in deed["items"].items():
            yield deed | {"items": {key: value for key, value in deed["items"].items() if key != place}}
            for name in item:
                if len(item) > 1:
                    plain = {key: value for key, value in item.items() if key != name}
                    yield deed | {"items": {**deed["items"], place: plain}}
