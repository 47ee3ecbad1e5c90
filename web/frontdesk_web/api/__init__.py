"""Stripe's API for the objects that Frontdesk has: a translation at the edge, both ways, and nowhere else.

One module a resource: its parameters, then parse, one use case, render. `calls` is what every request goes through.
"""
