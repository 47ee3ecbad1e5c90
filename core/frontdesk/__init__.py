"""Frontdesk: the rules of a customer billing portal, and what can be plugged into it."""
