"""`/v1/products`."""

from typing import Any

from msgspec import UNSET

from frontdesk.book import MarketingFeature, Product
from frontdesk.catalogue_commands import CreateProduct, DeleteProduct, ProductFields, UpdateProduct
from frontdesk_tenants import listings
from frontdesk_web.api import prices, tax_codes
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata, slice_of
from frontdesk_web.api.errors import ApiError, no_such
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Many, Metadata, Required, Text
from frontdesk_web.api.views import show_all, show_stored

_WRITABLE: dict[str, Any] = {
    "active": Flag(),
    "description": Text(maximum=40_000, clears=True),
    "images": Many(of=Text(maximum=2048), clears=True, maximum=8),
    "marketing_features": Many(of=Group(of={"name": Required(Text())}), clears=True, maximum=15),
    "metadata": Metadata(),
    "name": Text(),
    "package_dimensions": Absent(what="Package dimensions are"),
    "shippable": Flag(),
    "statement_descriptor": Text(clears=True),
    "tax_code": Text(clears=True),
    "tax_details": Absent(what="Tax details are"),
    "unit_label": Text(clears=True),
    "url": Text(clears=True),
}
CREATE = _WRITABLE | {
    "default_price_data": Group(of=prices.INLINE),
    "id": Text(maximum=255),
    "name": Required(Text()),
    "type": Choice(of=("service",)),
}
UPDATE = _WRITABLE | {"default_price": Text(clears=True)}
LIST = CURSOR | CREATED | {"active": Flag(), "ids": Many(of=Text()), "shippable": Flag(), "url": Text()}
_ID_ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.")


async def create(call: Call) -> dict[str, Any]:
    """Add a product, with its default price where one is described."""
    given = call.given
    id_ = given.get("id") or call.ids("prod")
    if not set(id_) <= _ID_ALPHABET:
        raise ApiError("A product's id has letters, digits, underscores, dashes and full stops only.", param="id")
    metadata = new_metadata(given)
    await call.change_catalogue(CreateProduct(id=id_, fields=await _fields(call, metadata)))
    if "default_price_data" in given:
        price = await prices.add(call, given["default_price_data"], id_, at="default_price_data")
        await call.change_catalogue(UpdateProduct(id=id_, fields=ProductFields(default_price=price)))
    return await show_stored(call, "product", id_)


async def retrieve(call: Call) -> dict[str, Any]:
    """One product; a deleted one is gone."""
    await _present(call)
    return await show_stored(call, "product", call.path["id"])


async def features(call: Call) -> dict[str, Any]:
    """The features (of entitlements) that come with a product: none does, as nobody can give it one."""
    await _present(call)
    return list_of(f"/v1/products/{call.path['id']}/features", slice_of(call.cursor(), (), ()), [])


async def update(call: Call) -> dict[str, Any]:
    """Change a product."""
    product = await _present(call)
    metadata = metadata_change(call.given, product.metadata) if "metadata" in call.given else UNSET
    fields = await _fields(call, metadata)
    if fields != ProductFields():
        await call.change_catalogue(UpdateProduct(id=product.id, fields=fields))
    return await show_stored(call, "product", product.id)


async def delete(call: Call) -> dict[str, Any]:
    """Remove a product that never had a price."""
    product = await _present(call)
    await call.change_catalogue(DeleteProduct(product.id))
    return await show_stored(call, "product", product.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Products, newest first."""
    filters = {name: call.given[name] for name in ("active", "ids", "shippable", "url") if name in call.given}
    async with call.transaction() as connection:
        page = await listings.products(connection, call.cursor(), **filters)
        return list_of("/v1/products", page, await show_all(call, connection, "product", page.items))


async def _present(call: Call) -> Product:
    product: Product = await call.stored("product", call.path["id"])
    if product.deleted:
        raise no_such("product", product.id, None)
    return product


async def _fields(call: Call, metadata: Any) -> ProductFields:
    given = call.given
    names = set(ProductFields.__struct_fields__) & given.keys() - {"metadata", "marketing_features"}
    values = {name: given[name] for name in names}
    if values.get("tax_code"):
        await tax_codes.must_exist(call, values["tax_code"], "tax_code")
    if "marketing_features" in given:
        values["marketing_features"] = tuple(MarketingFeature(each["name"]) for each in given["marketing_features"])
    return ProductFields(**values, metadata=metadata)


endpoints = (
    Endpoint(method="POST", path="/v1/products", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/products", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/products/{id:str}", takes={}, act=retrieve),
    Endpoint(method="GET", path="/v1/products/{id:str}/features", takes=CURSOR, act=features),
    Endpoint(method="POST", path="/v1/products/{id:str}", takes=UPDATE, act=update),
    Endpoint(method="DELETE", path="/v1/products/{id:str}", takes={}, act=delete),
)
