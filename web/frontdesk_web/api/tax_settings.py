"""`/v1/tax/settings` and `/v1/tax/registrations`: where a business is registered, and what its products are."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from frontdesk.book import Address, BillingSettings
from frontdesk.tax_registrations import register, registration, reschedule
from frontdesk.tax_settings import Registration, TaxSettings
from frontdesk_tenants import sellers, tax_settings
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.api import tax_codes
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, slice_of
from frontdesk_web.api.errors import ApiError, missing_param
from frontdesk_web.api.parameters import Choice, Group, Instant, Required, Text
from frontdesk_web.api.shapes import tax_settings as shapes

_LINE = Text(maximum=200, clears=True)
UPDATE: dict[str, Any] = {
    "defaults": Group(
        of={
            "tax_behavior": Choice(of=("exclusive", "inclusive", "inferred_by_currency")),
            "tax_code": Text(maximum=255),
        }
    ),
    "head_office": Group(
        of={
            "address": Required(
                Group(
                    of={
                        "city": _LINE,
                        "country": Text(maximum=2),
                        "line1": _LINE,
                        "line2": _LINE,
                        "postal_code": _LINE,
                        "state": _LINE,
                    }
                )
            )
        }
    ),
}
TYPES = ("oss_non_union", "oss_union", "province_standard", "simplified", "standard", "state_sales_tax")
_AT = Instant(words=("now",))


class _Options:
    """What is said of a registration under its country's code, in small letters."""

    def read(self, given: Any, at: str) -> Mapping[str, Any]:
        """See `Parameter.read`."""
        if not isinstance(given, dict) or len(given) != 1:
            raise ApiError("Give the options of one country.", param=at)
        ((country, options),) = given.items()
        province = Group(of={"province": Required(Text(maximum=2))})
        scheme = Group(of={"place_of_supply_scheme": Choice(of=("standard",))})
        table: dict[str, Any] = {
            "province_standard": province,
            "standard": scheme,
            "state": Text(maximum=2),
            "type": Required(Choice(of=TYPES)),
        }
        read = Group(of=table).read(options, f"{at}[{country}]") or {}
        return {"country": country, **read}

    def schema(self) -> dict[str, Any]:
        """See `parameter_schemas.schema_of`."""
        short = {"type": "string", "minLength": 1, "maxLength": 2}
        province = {"type": "object", "properties": {"province": short}, "required": ["province"]}
        scheme = {"type": "object", "properties": {"place_of_supply_scheme": {"type": "string", "enum": ["standard"]}}}
        options = {
            "type": "object",
            "properties": {
                "province_standard": province,
                "standard": scheme,
                "state": short,
                "type": {"type": "string", "enum": list(TYPES)},
            },
            "required": ["type"],
            "additionalProperties": False,
        }
        return {"type": "object", "additionalProperties": options, "minProperties": 1, "maxProperties": 1}


CREATE: dict[str, Any] = {
    "active_from": Required(_AT),
    "country": Required(Text(maximum=2)),
    "country_options": Required(_Options()),
    "expires_at": Instant(),
}
CHANGE: dict[str, Any] = {"active_from": _AT, "expires_at": Instant(words=("now",), clears=True)}
LIST: dict[str, Any] = CURSOR | {"status": Choice(of=("active", "all", "expired", "scheduled"))}


async def read_settings(call: Call) -> dict[str, Any]:
    """What is said of taxes."""
    return shapes.settings(call.side.settings, call.livemode)


async def update_settings(call: Call) -> dict[str, Any]:
    """Say the preset code, the default behavior, or where the business is."""
    defaults, office = call.given.get("defaults") or {}, call.given.get("head_office")
    if defaults.get("tax_code"):
        await tax_codes.must_exist(call, defaults["tax_code"], "defaults[tax_code]")
    async with call.transaction() as connection:
        if office is not None:
            await _move_office(call, connection, office["address"])
        if defaults:
            await _change(
                call,
                lambda tax: replace(
                    tax,
                    preset_code=defaults.get("tax_code", tax.preset_code),
                    behavior=defaults.get("tax_behavior", tax.behavior),
                ),
            )
        stored = await lock_settings(connection)
    return shapes.settings(stored, call.livemode)


async def create(call: Call) -> dict[str, Any]:
    """Register somewhere."""
    given = call.given
    country, options = given["country"].upper(), given["country_options"]
    if options["country"].upper() != country:
        raise ApiError("The options are of another country.", param="country_options")
    new = Registration(
        id=call.ids("taxreg"),
        country=country,
        state=_state(options),
        scheme=options["type"] if options["type"].startswith("oss") else "standard",
        created=call.now,
        active_from=_instant(given["active_from"], call.now),
        expires_at=given.get("expires_at"),
    )
    await _change(call, lambda tax: register(tax, new))
    return shapes.registration(new, call.livemode, call.now)


async def retrieve(call: Call) -> dict[str, Any]:
    """One registration."""
    return shapes.registration(registration(call.side.settings.tax, call.path["id"]), call.livemode, call.now)


async def update(call: Call) -> dict[str, Any]:
    """Move a registration's beginning or end."""
    given, id_ = call.given, call.path["id"]
    if not given:
        return await retrieve(call)
    ends = given.get("expires_at")
    tax = await _change(
        call,
        lambda tax: reschedule(
            tax,
            id_,
            active_from=_instant(given["active_from"], call.now) if "active_from" in given else None,
            expires_at=None if ends is None else _instant(ends, call.now),
            ends="expires_at" in given,
        ),
    )
    return shapes.registration(registration(tax, id_), call.livemode, call.now)


async def list_all(call: Call) -> dict[str, Any]:
    """Registrations, newest first."""
    wanted = call.given.get("status", "all")
    stored = sorted(call.side.settings.tax.registrations, key=lambda each: (each.created, each.id), reverse=True)
    stored = [each for each in stored if wanted in ("all", shapes.status(each, call.now))]
    page = slice_of(call.cursor(), stored, [each.id for each in stored])
    found = [shapes.registration(each, call.livemode, call.now) for each in page.items]
    return list_of("/v1/tax/registrations", page, found)


async def _change(call: Call, change: Callable[[TaxSettings], TaxSettings]) -> TaxSettings:
    async with call.transaction() as connection:
        return await tax_settings.change_tax(
            connection,
            call.site.plugins,
            call.side,
            change,
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )


async def _move_office(call: Call, connection: Any, given: Mapping[str, str | None]) -> None:
    """The head office is the business's address, as it stands on its invoices."""
    before: BillingSettings = await lock_settings(connection)
    office = replace(before.seller.address or Address(), **given)
    if office.country:
        office = replace(office, country=office.country.upper())
    faults = await sellers.save_seller(
        connection,
        call.side,
        replace(before, seller=replace(before.seller, address=office)),
        actor=call.actor,
        now=call.now,
        request_id=call.request_id,
        partly=True,
    )
    if faults:
        fault = faults[0]
        raise ApiError(fault.for_tenant.format(**fault.parameters), param=f"head_office[address][{fault.param}]")


def _state(options: Mapping[str, Any]) -> str | None:
    if options["type"] == "state_sales_tax":
        if not options.get("state"):
            raise missing_param(f"country_options[{options['country']}][state]")
        return str(options["state"]).upper()
    if options["type"] == "province_standard":
        if "province_standard" not in options:
            raise missing_param(f"country_options[{options['country']}][province_standard]")
        return str(options["province_standard"]["province"]).upper()
    return None


def _instant(given: datetime | str, now: datetime) -> datetime:
    return now if isinstance(given, str) else given.astimezone(UTC)


endpoints = (
    Endpoint(method="GET", path="/v1/tax/settings", takes={}, act=read_settings),
    Endpoint(method="POST", path="/v1/tax/settings", takes=UPDATE, act=update_settings),
    Endpoint(method="POST", path="/v1/tax/registrations", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/tax/registrations", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/tax/registrations/{id:str}", takes={}, act=retrieve),
    Endpoint(method="POST", path="/v1/tax/registrations/{id:str}", takes=CHANGE, act=update),
)
