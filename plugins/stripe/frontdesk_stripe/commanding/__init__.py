"""Account commands as calls to Stripe, one module for each group, and what a command would do (`foreseeing`).

A command is a few calls at most, each with a key made of the intent's; then the customer is read again, and what has
become of them is the answer. Whoever repeats a command makes the same calls with the same keys.
"""
