"""Every suite (tests, e2e, plugins) has its turn, the servers of tests/servers.py, sides, sites and worlds."""

pytest_plugins = [
    "event_loops",
    "hurry",
    "turns",
    "servers",
    "sides",
    "sites",
    "sign_in_world",
    "name_server",
    "mail_world",
    "crowd",
    "furnished_database",
    "some_of_many",
    "kannel",
]
