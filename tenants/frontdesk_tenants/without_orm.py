"""SQLAlchemy's engines without its ORM, until somebody asks for that.

`sqlalchemy.ext.asyncio` imports the ORM for the sake of sessions, which nothing here uses: 7 MB of every process, and a
fifth of the time of its start. So the package holds engines alone at first, and becomes what its authors wrote as soon
as anything else of it is asked for: whoever brings sessions finds them.
"""

import importlib.util
import sys
from importlib import import_module
from typing import Any

PACKAGE = "sqlalchemy.ext.asyncio"
ENGINES = ("AsyncConnection", "AsyncEngine", "create_async_engine")


def leave_orm_out() -> None:
    """Do that, unless the package is there already."""
    spec = None if PACKAGE in sys.modules else importlib.util.find_spec(PACKAGE)
    if spec is None or spec.loader is None:
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def more(name: str) -> Any:
        # What asks for these is Python itself, which has to do without them in most modules.
        if name.startswith("__"):
            raise AttributeError(name)
        del vars(package)["__getattr__"]
        loader.exec_module(package)
        return getattr(package, name)

    sys.modules[PACKAGE] = package
    setattr(import_module("sqlalchemy.ext"), "asyncio", package)  # noqa: B010
    engine = import_module(f"{PACKAGE}.engine")
    vars(package).update({name: getattr(engine, name) for name in ENGINES}, __getattr__=more)
