"""Every suite (tests, e2e, plugins) has the servers and the browser of tests/servers.py."""

pytest_plugins = ["servers", "sides", "sites"]
