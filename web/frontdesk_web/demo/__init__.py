"""The demo: two made-up tenants, filled through their own API, and a mailbox where passcodes arrive."""
