"""A second biller, written differently, that the engine is held against (trust.md §D4, D9).

Nothing here imports `frontdesk` but `oracle.engine_side`, which plays a story to the engine. The oracle counts time in
whole seconds since 1970 and money in integers alone: no `datetime`, no `Fraction`, no `Decimal` takes part in a sum.
"""
