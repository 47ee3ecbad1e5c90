"""`/v1/billing_portal/configurations`: Stripe's, and besides it deletion and the choice of the default."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from frontdesk.configuration_refusals import default_configuration_stays
from frontdesk.errors import Refused
from frontdesk.portal_configuration import (
    AdjustableQuantity,
    BusinessProfile,
    CancellationReasons,
    CustomerUpdate,
    Features,
    InvoiceHistory,
    LoginPage,
    OfferedProduct,
    PauseDuration,
    PauseInterval,
    PaymentMethodUpdate,
    PortalConfiguration,
    SubscriptionCancel,
    SubscriptionPause,
    SubscriptionUpdate,
)
from frontdesk_tenants import configurations, configuring, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.configuration_parameters import CREATE, UPDATE
from frontdesk_web.api.errors import no_such
from frontdesk_web.api.frontdesk_parameters import changed_settings
from frontdesk_web.api.parameters import Flag
from frontdesk_web.api.views import show_all, show_stored

LIST = CURSOR | {"active": Flag(), "is_default": Flag()}


async def create(call: Call) -> dict[str, Any]:
    """Add a configuration. Features that are left out are off."""
    blank = PortalConfiguration(id=call.ids("bpc"), created=call.now, updated=call.now, version=0)
    changed = replace(_changed(blank, call.given, call), metadata=new_metadata(call.given))
    async with call.transaction() as connection:
        await configuring.store(
            connection,
            call.site.tenancy,
            call.side,
            changed,
            None,
            actor=call.actor,
            action="CreateConfiguration",
            now=call.now,
            request_id=call.request_id,
        )
    return await show_stored(call, "configuration", changed.id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One configuration."""
    await call.stored("configuration", call.path["configuration"])
    return await show_stored(call, "configuration", call.path["configuration"])


async def update(call: Call) -> dict[str, Any]:
    """Change a configuration. What is left out stays; lists are replaced. `is_default=true` makes it the default."""
    async with call.transaction() as connection:
        stored = await _held(call, connection)
        given = dict(call.given)
        wanted = given.pop("is_default", None)
        if wanted is False and stored.is_default:
            raise Refused(default_configuration_stays(stored.id, "replaced by none"))
        if given or not wanted:
            changed = _changed(stored, given, call)
            await configuring.store(
                connection,
                call.site.tenancy,
                call.side,
                replace(changed, metadata=_metadata(given, stored)),
                stored,
                actor=call.actor,
                action="UpdateConfiguration",
                now=call.now,
                request_id=call.request_id,
            )
            stored = changed
        if wanted:
            await configuring.choose_default(
                connection, call.side, stored, actor=call.actor, now=call.now, request_id=call.request_id
            )
    return await show_stored(call, "configuration", stored.id)


async def delete(call: Call) -> dict[str, Any]:
    """Delete a configuration that is not the default. Its sessions end, and its login link is dead."""
    async with call.transaction() as connection:
        stored = await _held(call, connection)
        await configuring.delete(
            connection, call.side, stored, actor=call.actor, now=call.now, request_id=call.request_id
        )
    return {"id": stored.id, "object": "billing_portal.configuration", "deleted": True}


async def _held(call: Call, connection: SideTransaction) -> PortalConfiguration:
    """The configuration that the path names, which nobody else changes meanwhile. Raises ApiError: 404."""
    await configurations.hold(connection)
    found: PortalConfiguration | None = await listings.find(connection, "configuration", call.path["configuration"])
    if found is None:
        raise no_such("configuration", call.path["configuration"], None)
    return found


def _metadata(given: Mapping[str, Any], stored: PortalConfiguration) -> dict[str, str]:
    if "metadata" not in given:
        return dict(stored.metadata)
    change = metadata_change(given, stored.metadata)
    return {key: value for key, value in {**stored.metadata, **change}.items() if value is not None}


async def list_all(call: Call) -> dict[str, Any]:
    """Configurations, newest first."""
    async with call.transaction() as connection:
        page = await listings.configurations(
            connection, call.cursor(), active=call.given.get("active"), is_default=call.given.get("is_default")
        )
        data = await show_all(call, connection, "configuration", page.items)
    return list_of("/v1/billing_portal/configurations", page, data)


def _changed(stored: PortalConfiguration, given: Mapping[str, Any], call: Call) -> PortalConfiguration:
    plain = {name: given[name] for name in ("active", "default_return_url", "name") if name in given}
    profile: BusinessProfile = replace(stored.business_profile, **(given.get("business_profile") or {}))
    return replace(
        stored,
        **plain,
        business_profile=profile,
        features=_features(stored.features, given.get("features") or {}),
        login_page=LoginPage(**given["login_page"]) if "login_page" in given else stored.login_page,
        frontdesk=changed_settings(stored.frontdesk, given.get("frontdesk", {})),
        updated=call.now,
        version=stored.version + 1,
    )


def _features(stored: Features, given: Mapping[str, Any]) -> Features:
    details: CustomerUpdate = replace(stored.customer_update, **given.get("customer_update", {}))
    history: InvoiceHistory = replace(stored.invoice_history, **given.get("invoice_history", {}))
    methods: PaymentMethodUpdate = replace(stored.payment_method_update, **given.get("payment_method_update", {}))
    return Features(
        customer_update=details,
        invoice_history=history,
        payment_method_update=methods,
        subscription_cancel=_cancel(stored.subscription_cancel, given.get("subscription_cancel", {})),
        subscription_pause=_pause(stored.subscription_pause, given.get("subscription_pause", {})),
        subscription_update=_update(stored.subscription_update, given.get("subscription_update", {})),
    )


def _cancel(stored: SubscriptionCancel, given: Mapping[str, Any]) -> SubscriptionCancel:
    reasons: CancellationReasons = replace(stored.cancellation_reason, **given.get("cancellation_reason", {}))
    return replace(stored, **{**given, "cancellation_reason": reasons})


def _pause(stored: SubscriptionPause, given: Mapping[str, Any]) -> SubscriptionPause:
    duration = stored.duration
    if "duration" in given:
        intervals = tuple(PauseInterval(**each) for each in given["duration"].get("interval_options", ()))
        duration = PauseDuration(type=given["duration"]["type"], interval_options=intervals)
    return SubscriptionPause(enabled=given.get("enabled", stored.enabled), duration=duration)


def _update(stored: SubscriptionUpdate, given: Mapping[str, Any]) -> SubscriptionUpdate:
    values = dict(given)
    if "products" in given:
        values["products"] = tuple(_offered(each) for each in given["products"])
    if "schedule_at_period_end" in given:
        conditions = given["schedule_at_period_end"].get("conditions", ())
        values["schedule_at_period_end"] = tuple(each["type"] for each in conditions)
    return replace(stored, **values)


def _offered(given: Mapping[str, Any]) -> OfferedProduct:
    bounds = AdjustableQuantity(**given.get("adjustable_quantity", {}))
    return OfferedProduct(product=given["product"], prices=given["prices"], adjustable_quantity=bounds)


_ALL = "/v1/billing_portal/configurations"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ALL + "/{configuration:str}", takes={}, act=retrieve),
    Endpoint(method="POST", path=_ALL + "/{configuration:str}", takes=UPDATE, act=update),
    Endpoint(method="DELETE", path=_ALL + "/{configuration:str}", takes={}, act=delete),
)
