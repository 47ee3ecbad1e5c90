"""What measures still runs: a page of comparison is not looked at by anything else."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

RUNS = {
    ".": ("--rounds 1 --seconds 0.2", ("bare ", "lean ", "uncached ", "cached ", "usual ", "uncached is ")),
    "renewals.py": ("--sizes 400 --seconds 5", ("      400 ",)),
    "mirrored.py": (
        "--rounds 1 --seconds 0.2 --customers 20",
        ("home page, cached, ", "home page, uncached, ", "messages taken in: ", "import: 20 customers "),
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("program", RUNS)
def test_what_measures_runs_and_tells_everything(program: str) -> None:
    arguments, lines = RUNS[program]
    run = subprocess.run(
        [sys.executable, BENCHMARKS / program, *arguments.split()],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    for line in lines:
        assert any(each.startswith(line) for each in run.stdout.splitlines()), run.stdout


def test_whoever_reads_the_figures_is_told_how_to_come_by_them() -> None:
    told = (BENCHMARKS / "README.md").read_text()
    assert "`python benchmarks " in told
    programs = [each.name for each in BENCHMARKS.glob("*.py") if "ArgumentParser" in each.read_text()]
    assert sorted(programs) == ["__main__.py", "mirrored.py", "renewals.py"]
    assert all(f"`python benchmarks/{each}" in told for each in programs if each != "__main__.py")
