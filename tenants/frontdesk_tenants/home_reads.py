"""The hot way to the home page: one call to PostgreSQL over a fixed set of connections that are never reset.

Everything that is not hot goes through `database`. Here a statement is prepared once per connection, and the call is
its own transaction, so nothing of one customer stays behind for the next: the side is set for the call alone.
"""
