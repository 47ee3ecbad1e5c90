"""Businesses over years, every invariant proved after every commit (tests/simulation.py, tests/proofs.py)."""

import time
from random import Random

import pytest
from simulation import BEGINS, Simulation


def test_a_small_business_over_five_years() -> None:
    tally = Simulation(1, customers=25, years=5, begins=BEGINS).run()
    assert tally.invoices > 1000
    assert tally.refused < tally.commands / 5


def test_a_seed_plays_the_same_business_again() -> None:
    one, again, other = (Simulation(seed, customers=3, years=2, begins=BEGINS).run() for seed in (5, 5, 6))
    assert one == again != other


@pytest.mark.long
def test_a_thousand_customers_over_ten_years() -> None:
    """Another one each time; what does not hold is told with its seed. In under two minutes of one processor."""
    begun = time.process_time()
    tally = Simulation(Random().getrandbits(32), customers=1000, years=10, begins=BEGINS).run()
    assert tally.invoices > 100_000
    assert time.process_time() - begun < 120
