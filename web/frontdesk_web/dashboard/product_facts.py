"""What the page of one product says."""

from frontdesk.book import Price, Product
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.roles import Right
from frontdesk_tenants.product_lists import PriceInUse, ProductInUse
from frontdesk_web.dashboard.catalogue_words import TAX_WORDS, subscriptions_text
from frontdesk_web.dashboard.price_scheme_views import tier_cells
from frontdesk_web.dashboard.product_views import PriceAct, PriceRow, ProductPage
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.views import Badge, Detail, Notice
from frontdesk_web.price_words import price_sentence
from frontdesk_web.product_images import own_path

PLACE = "products"


def product_view(
    visit: StaffVisit,
    found: ProductInUse,
    configuration: PortalConfiguration,
    tax_code: str,
    notice: Notice | None,
) -> ProductPage:
    """The page. `tax_code` is the product's, as its field shows it."""
    product, locale = found.product, visit.locale
    return ProductPage(
        csrf=visit.csrf,
        name=product.name,
        description=product.description or "",
        active=product.active,
        back_url=visit.path(PLACE),
        facts=_facts(visit, product, tax_code),
        features=tuple(each.name for each in product.marketing_features),
        prices=tuple(_price_row(visit, product, each) for each in found.prices),
        subscriptions=subscriptions_text(found.subscriptions, locale),
        preview_url=visit.path(PLACE, product.id, "preview"),
        may_edit=visit.may(Right.EDIT_CATALOGUE),
        edit_url=visit.path(PLACE, product.id, "edit"),
        new_price_url=visit.path(PLACE, product.id, "prices", "new"),
        activate_action=visit.path(PLACE, product.id, "unarchive"),
        archive_action=visit.path(PLACE, product.id, "archive"),
        delete_action=visit.path(PLACE, product.id, "delete"),
        deletable=not found.prices,
        image_url=own_path(visit.door.public_id, product.images),
        elsewhere=_elsewhere(visit, product),
        offered=_offered(product, configuration),
        portal_url=visit.path("portal"),
        warning=_warning(visit, found),
        notice=notice,
        more_prices=found.more_prices,
    )


def _facts(visit: StaffVisit, product: Product, tax_code: str) -> tuple[Detail, ...]:
    locale = visit.locale
    known = (
        (translate(locale, "Unit"), product.unit_label),
        (translate(locale, "Tax code"), tax_code),
        (translate(locale, "On statements"), product.statement_descriptor and product.statement_descriptor.upper()),
        (translate(locale, "Added"), date_long(product.created, locale)),
    )
    facts = [Detail(label=label, value=value) for label, value in known if value]
    return (*facts, Detail(label=translate(locale, "ID"), value=product.id, copy=True))


def _price_row(visit: StaffVisit, product: Product, used: PriceInUse) -> PriceRow:
    price, locale = used.price, visit.locale
    text = price_sentence(price, product.unit_label, locale)
    default = product.default_price == price.id
    badges = []
    if default:
        badges.append(Badge(translate(locale, "Default"), "info"))
    if not price.active:
        badges.append(Badge(translate(locale, "Archived"), "neutral"))
    details = (
        subscriptions_text(used.subscriptions, locale) if price.recurring is not None else "",
        "" if price.tax_behavior == "unspecified" else translate(locale, TAX_WORDS[price.tax_behavior]),
        _scheme(price, locale),
        _currencies(price, locale),
        price.nickname or "",
        price.id,
    )
    acts = _acts(visit, product, price, default, text) if visit.may(Right.EDIT_CATALOGUE) else ()
    return PriceRow(
        text=text,
        details=tuple(each for each in details if each),
        badges=tuple(badges),
        acts=acts,
        tiers=tier_cells(price, locale),
    )


def _scheme(price: Price, locale: str) -> str:
    match price.tiers_mode:
        case "graduated":
            return translate(locale, "Each unit at the price of its own tier")
        case "volume":
            return translate(locale, "All units at the price of the tier reached")
    return ""


def _currencies(price: Price, locale: str) -> str:
    if not price.currency_options:
        return ""
    named = ", ".join(sorted(each.upper() for each in price.currency_options))
    return translate(locale, "Also sold in {currencies}", currencies=named)


def _acts(visit: StaffVisit, product: Product, price: Price, default: bool, text: str) -> tuple[PriceAct, ...]:
    locale = visit.locale

    def act(name: str, words: str) -> PriceAct:
        return PriceAct(
            text=words, action=visit.path(PLACE, product.id, "prices", price.id, name), label=f"{words}: {text}"
        )

    if not price.active:
        return (act("unarchive", translate(locale, "Unarchive")),)
    if default:
        # The default price is archived with its product: without it the product could not be sold by default.
        return ()
    return act("default", translate(locale, "Make default")), act("archive", translate(locale, "Archive"))


def _elsewhere(visit: StaffVisit, product: Product) -> str:
    """What is said of images that lie elsewhere."""
    count = sum(1 for url in product.images if not own_path(visit.door.public_id, (url,)))
    if not count:
        return ""
    return translate_plural(
        visit.locale,
        "Your program has set {number} picture at another address. Customers see only a picture that you add here.",
        "Your program has set {number} pictures at other addresses. Customers see only a picture that you add here.",
        count,
    )


def _offered(product: Product, configuration: PortalConfiguration) -> bool:
    update = configuration.features.subscription_update
    return update.enabled and any(each.product == product.id for each in update.products)


def _warning(visit: StaffVisit, found: ProductInUse) -> str:
    """The trap of prices that customers cannot change between (portal_spec.md §H, 19)."""
    sold = [each.price for each in found.prices if each.price.active and each.price.recurring is not None]
    if len({each.tax_behavior for each in sold}) < 2:
        return ""
    return translate(
        visit.locale,
        "Some prices include tax and others do not. Customers cannot change between those by themselves, because the "
        "amounts could not be compared.",
    )
