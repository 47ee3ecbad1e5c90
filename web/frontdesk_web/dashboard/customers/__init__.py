"""Customers in the dashboard: found, shown with everything, helped and billed."""
