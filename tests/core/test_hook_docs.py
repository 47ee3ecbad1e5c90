"""Every hook is documented and tested, every public name has words of its own, and the pages are current."""

import inspect
import re
from pathlib import Path

import pytest

import frontdesk
from frontdesk.contracts import CONTRACTS
from frontdesk.hook_reference import hook_reference, hooks

ROOT = Path(__file__).parents[2]
NAMES = [name for name, _ in hooks()]
EVENTS = {"plan_changed", "invoice_paid", "customer_signed_in", "subscription_canceled", "offer_taken"}
PLUGINS = sorted(each.parent for each in ROOT.glob("plugins/*/pyproject.toml"))


def test_the_page_of_hooks_is_current() -> None:
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert page == hook_reference(), "run: python -m frontdesk.hook_reference > docs/hooks.md"


def test_the_hooks_are_those_of_the_design() -> None:
    assert set(NAMES) == set(CONTRACTS) | {"message_catalogues", "portal_panels"} | EVENTS


@pytest.mark.parametrize(("name", "function"), list(hooks()))
def test_a_hook_is_documented_typed_and_tested(name: str, function) -> None:
    signature = inspect.signature(function)
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert f"## `{name}({', '.join(signature.parameters)})`" in page
    assert name in (ROOT / "docs" / "plugins.md").read_text("utf-8")
    assert len((inspect.getdoc(function) or "").split()) > 5
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(each.annotation is not inspect.Parameter.empty for each in signature.parameters.values())
    tests = [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("plugins/*/tests/test_*.py")]
    assert any(re.search(rf"def test_\w*hook_{name}(_|\b)", each.read_text("utf-8")) for each in tests)


@pytest.mark.parametrize("name", frontdesk.__all__)
def test_a_public_name_says_what_it_is(name: str) -> None:
    assert (getattr(frontdesk, name).__doc__ or "").strip()


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda each: each.name)
def test_a_plugin_is_named_like_its_folder(folder: Path) -> None:
    project = (folder / "pyproject.toml").read_text("utf-8")
    readme = (folder / "README.md").read_text("utf-8")
    assert f'{folder.name} = "frontdesk_{folder.name}"' in project
    assert len(readme.split()) > 20
    assert f"({folder.name})" in (folder.parent / "README.md").read_text("utf-8")
