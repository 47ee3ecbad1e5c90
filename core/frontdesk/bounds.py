"""What is too much to reckon with, whoever asks."""

MAXIMUM_QUANTITY = 999_999_999
MAXIMUM_AMOUNT = 999_999_999_999
"""Of one item for one period, in minor units. Keeps every sum of a subscription or an invoice within 64 bits."""
MAXIMUM_DAYS_UNTIL_DUE = 730
