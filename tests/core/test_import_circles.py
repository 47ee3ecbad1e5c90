"""No two modules of ours import each other, not by way of others, and not late, inside of a function, either.

`make arrows` guards the packages; this guards the modules in them.
"""

import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

MANIFEST = Path(__file__).parents[2] / "pyproject.toml"


def test_no_modules_import_each_other() -> None:
    packages = tomllib.loads(MANIFEST.read_text())["tool"]["importlinter"]["root_packages"]
    graph = grimp.build_graph(*packages, cache_dir=None)
    assert len(graph.modules) > 900, "the code was looked at"
    assert circle({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}) == []


def test_a_circle_is_seen() -> None:
    assert circle({"images": {"pixels", "files"}, "pixels": {"rules"}, "rules": {"images"}}) != []


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import one another, each the one before it; empty where there is no circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
