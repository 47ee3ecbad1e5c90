"""What a provided class must be like, beyond what its types say. Read by the plugin host and the contract suites."""

import inspect
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from msgspec import Struct

from frontdesk.billing import BillingBackend, Capabilities
from frontdesk.channels import AddressKind, PasscodeChannel
from frontdesk.settings import form_fields
from frontdesk.tax_calculators import TaxCalculator
from frontdesk.tax_id_checkers import TaxIdChecker
from frontdesk.tax_id_types import TYPES
from frontdesk.taxes import TaxCatalogue

CONTRACTS: Mapping[str, type] = MappingProxyType(
    {
        "billing_backends": BillingBackend,
        "tax_catalogues": TaxCatalogue,
        "tax_calculators": TaxCalculator,
        "tax_id_checkers": TaxIdChecker,
        "otp_channels": PasscodeChannel,
    }
)
"""The class that a hook's classes must be subclasses of."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def broken_terms(hook: str, provided: object) -> list[str]:
    """Why `provided` cannot be what `hook` asks for, as sentences without a full stop; empty where it can."""
    contract = CONTRACTS[hook]
    if isinstance(provided, contract):
        return [
            f"{type(provided).__name__}() is an object, and the class itself is asked for: {type(provided).__name__}"
        ]
    if not (isinstance(provided, type) and issubclass(provided, contract)):
        return [f"{provided!r} is no subclass of {contract.__name__}"]
    called = provided.__name__
    reasons = []
    name, title = getattr(provided, "name", None), getattr(provided, "title", None)
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        reasons.append(f"{called}.name must be of lower-case letters, digits and underscores, at most 40")
    if not (isinstance(title, str) and title):
        reasons.append(f"{called}.title is missing")
    if inspect.isabstract(provided):
        reasons.append(f"{called} lacks {', '.join(sorted(getattr(provided, '__abstractmethods__', ())))}")
    if "Settings" in contract.__annotations__:
        reasons += _broken_settings(called, getattr(provided, "Settings", None))
    if contract is BillingBackend and not isinstance(getattr(provided, "capabilities", None), Capabilities):
        reasons.append(f"{called}.capabilities is missing, or no frontdesk.Capabilities")
    reasons += _out_of_step(provided, contract)
    if "Settings" not in contract.__annotations__ and not _is_made_without(provided):
        reasons.append(f"{called} is made without arguments, and its __init__ asks for some")
    types = getattr(provided, "types", None)
    if contract is TaxIdChecker and not (isinstance(types, frozenset) and types and types <= set(TYPES)):
        reasons.append(f"{called}.types must be a frozenset of types of tax ids")
    if contract is PasscodeChannel and getattr(provided, "address_kind", None) not in get_args(AddressKind):
        reasons.append(f'{called}.address_kind must be "email" or "phone"')
    return reasons


def _out_of_step(provided: type, contract: type) -> list[str]:
    """Methods that are async where the contract's are not, or the other way round: nobody would wait for them."""
    reasons = []
    for name, ours in vars(contract).items():
        theirs = inspect.getattr_static(provided, name, None)
        if not inspect.isfunction(ours) or not inspect.isfunction(theirs) or hasattr(theirs, "__wrapped__"):
            continue
        is_async = inspect.iscoroutinefunction(ours)
        if is_async and not inspect.iscoroutinefunction(theirs):
            reasons.append(f"{provided.__name__}.{name} must be async: async def {name}")
        elif not is_async and inspect.iscoroutinefunction(theirs):
            reasons.append(f"{provided.__name__}.{name} must not be async")
    return reasons


def _is_made_without(provided: type) -> bool:
    try:
        inspect.signature(provided).bind()
    except TypeError:
        return False
    return True


def _broken_settings(called: str, settings: object) -> list[str]:
    if not (isinstance(settings, type) and issubclass(settings, Struct)):
        return [f"{called}.Settings must be a msgspec Struct"]
    try:
        form_fields(settings)
    except (TypeError, KeyError) as error:
        return [f"{called}.Settings cannot be drawn as a form: {error}"]
    return []
