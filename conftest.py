"""Every suite (tests, e2e, plugins) has the servers and the browser of tests/servers.py, sides, sites and worlds."""

pytest_plugins = [
    "servers",
    "sides",
    "sites",
    "sign_in_world",
    "name_server",
    "mail_world",
    "crowd",
    "some_of_many",
    "kannel",
]
