"""The dashboard: where a tenant's staff set up and look after their portal."""
