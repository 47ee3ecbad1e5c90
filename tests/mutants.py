"""`make mutants`: change the sums of core in every small way, one at a time, and see that a fast test notices each.

mutmut makes and runs the mutants in a directory of its own (.mutants), with a copy of core and of the tests named here.
Those that nothing notices are printed with what they change; those that cannot be told apart from the original are
listed in docs/mutants.md and are counted as noticed. Fails where less than 95 in 100 are noticed, or where that list
names what is noticed after all.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".mutants"
MUTATED = ("money", "periods", "proration", "tax_amounts", "discounts")
KILLERS = (*(f"test_{each}" for each in MUTATED), "test_second_sums")
SLOW = "drifts or machine"
LEAST = 95
_CONFIGURATION = """
[tool.mutmut]
source_paths = ["frontdesk"]
only_mutate = {mutated}
pytest_add_cli_args_test_selection = {killers}
pytest_add_cli_args = ["-k", "not ({slow})"]
use_git_change_detection = false
timeout_multiplier = 5.0
timeout_constant = 2.0

[tool.pytest.ini_options]
addopts = "--import-mode=importlib -p no:cacheprovider"
pythonpath = ["tests"]
"""
_CONFTEST = """
from hypothesis import settings

settings.register_profile("mutants", derandomize=True, deadline=None, database=None, max_examples=30)
settings.load_profile("mutants")
"""


def main() -> int:
    """Make, run and judge the mutants; 1 where too few are noticed."""
    _lay_out()
    mutmut = Path(sys.executable).parent / "mutmut"
    subprocess.run([mutmut, "run"], cwd=PLACE, check=True)
    outcomes = _outcomes()
    argued = set(re.findall(r"`(frontdesk\.\S+__mutmut_\d+)`", (ROOT / "docs/mutants.md").read_text()))
    unnoticed = [name for name, outcome in outcomes.items() if outcome == 0]
    for name in sorted(set(unnoticed) - argued):
        print(subprocess.run([mutmut, "show", name], cwd=PLACE, check=True, capture_output=True, text=True).stdout)
    stale = argued - set(unnoticed)
    noticed = len(outcomes) - len(set(unnoticed) - argued)
    score = 100 * noticed / len(outcomes)
    print(f"{len(outcomes)} mutants, {len(unnoticed)} unnoticed, {len(argued)} of them argued: {score:.1f} %")
    if stale:
        print(f"docs/mutants.md names what is noticed, or is no more: {sorted(stale)}")
    return int(score < LEAST or bool(stale))


def _lay_out() -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.copytree(ROOT / "core/frontdesk", PLACE / "frontdesk", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests/data", PLACE / "tests/data")
    shutil.copytree(ROOT / "tests/oracle", PLACE / "tests/oracle", ignore=shutil.ignore_patterns("__pycache__"))
    (PLACE / "tests/core").mkdir()
    for each in KILLERS:
        shutil.copy2(ROOT / f"tests/core/{each}.py", PLACE / "tests/core")
    (PLACE / "tests/conftest.py").write_text(_CONFTEST)
    mutated, killers = [f"frontdesk/{each}.py" for each in MUTATED], [f"tests/core/{each}.py" for each in KILLERS]
    said = _CONFIGURATION.format(mutated=json.dumps(mutated), killers=json.dumps(killers), slow=SLOW)
    (PLACE / "pyproject.toml").write_text(said)


def _outcomes() -> dict[str, int | None]:
    """What pytest answered for each mutant: 0 is a mutant that nobody noticed."""
    found: dict[str, int | None] = {}
    for each in PLACE.glob("mutants/**/*.meta"):
        found |= json.loads(each.read_text())["exit_code_by_key"]
    return found


if __name__ == "__main__":
    raise SystemExit(main())
