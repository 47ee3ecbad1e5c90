"""Why something failed at Stripe is read by people who may not read English: each sentence is in the catalogue."""

import ast
from pathlib import Path

import frontdesk_stripe

RAISED = {"Misconfigured", "Unavailable", "Forbidden", "_unavailable"}
HERE = Path(frontdesk_stripe.__file__).parent


def sentences() -> dict[str, ast.expr]:
    """What is first said to each error that is made, by where that is."""
    found = {}
    for file in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED and node.args:
                found[f"{file.relative_to(HERE)}:{node.lineno}"] = node.args[0]
    return found


def test_every_reason_is_marked_for_the_catalogue() -> None:
    found = sentences()
    assert len(found) > 12
    # Inside of a function that makes them, a sentence is only handed on.
    bare = {at: ast.unparse(said) for at, said in found.items() if not isinstance(said, ast.Name) and not _marked(said)}
    assert bare == {}


def _marked(said: ast.expr) -> bool:
    return isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id == "_"
