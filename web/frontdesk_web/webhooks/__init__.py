"""Webhooks: signed events out."""
