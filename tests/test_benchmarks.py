"""What measures still runs: a page of comparison is not looked at by anything else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.long
def test_the_home_page_is_measured_against_all_that_it_is_compared_with() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks", "--rounds", "1", "--seconds", "0.2"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    for name in ("bare", "uncached", "cached", "usual"):
        assert any(line.startswith(f"{name} ") for line in run.stdout.splitlines()), run.stdout
