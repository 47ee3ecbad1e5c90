"""What is sold, and by what it is priced: products, prices, discounts, taxes, meters; and the reasons to leave."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Text, UniqueConstraint, text

from frontdesk.book import Price, Product
from frontdesk.coupons import Coupon, PromotionCode
from frontdesk.feedback_options import FeedbackOption
from frontdesk.meters import Meter
from frontdesk.tax_rates import TaxRate
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, side_table, text_column

products = side_table(
    "products",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Product), nullable=False),
    Index("products_newest", "tenant_id", "created", "id"),
    Index("products_active", "tenant_id", "active", "created", "id", postgresql_where=text("NOT deleted")),
    key=("id",),
)

product_words = side_table(
    "product_words",
    text_column("product"),
    Column("word", Text(collation="C"), nullable=False),
    belongs_to("product", "products"),
    Index("product_words_found", "tenant_id", "word", "product"),
    key=("product", "word"),
)

prices = side_table(
    "prices",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("product"),
    text_column("currency"),
    text_column("lookup_key", nullable=True),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Price), nullable=False),
    belongs_to("product", "products"),
    Index("prices_of_product", "tenant_id", "product"),
    Index("prices_newest", "tenant_id", "created", "id"),
    UniqueConstraint("tenant_id", "lookup_key", deferrable=True, initially="DEFERRED"),
    key=("id",),
)

coupons = side_table(
    "coupons",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Coupon), nullable=False),
    Index("coupons_newest", "tenant_id", "created", "id"),
    key=("id",),
)
"""How often each was given is in the body, counted where it is given: see `coupons.count_redemptions`."""

promotion_codes = side_table(
    "promotion_codes",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    # Without the difference of letter case.
    text_column("code"),
    text_column("coupon"),
    text_column("customer", nullable=True),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(PromotionCode), nullable=False),
    belongs_to("coupon", "coupons"),
    belongs_to("customer", "customers"),
    Index("promotion_codes_newest", "tenant_id", "created", "id"),
    Index("promotion_codes_of_coupon", "tenant_id", "coupon"),
    Index(
        "promotion_codes_active",
        "tenant_id",
        "code",
        "customer",
        unique=True,
        postgresql_where=text("active"),
        postgresql_nulls_not_distinct=True,
    ),
    key=("id",),
)

tax_rates = side_table(
    "tax_rates",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("inclusive", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(TaxRate), nullable=False),
    Index("tax_rates_newest", "tenant_id", "created", "id"),
    key=("id",),
)

feedback_options = side_table(
    "feedback_options",
    text_column("id"),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(FeedbackOption), nullable=False),
    Index("feedback_options_newest", "tenant_id", "created", "id"),
    key=("id",),
)

meters = side_table(
    "meters",
    text_column("id"),
    text_column("event_name"),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Meter), nullable=False),
    Index("meters_newest", "tenant_id", "created", "id"),
    Index("meters_of_event", "tenant_id", "event_name", unique=True, postgresql_where=text("active")),
    key=("id",),
)

meter_events = side_table(
    "meter_events",
    text_column("identifier"),
    text_column("customer"),
    text_column("meter"),
    instant("at"),
    Column("value", BigInteger, nullable=False),
    instant("created"),
    Column("canceled", Boolean, nullable=False, server_default=text("false")),
    belongs_to("customer", "customers"),
    belongs_to("meter", "meters"),
    Index("meter_events_of_customer", "tenant_id", "customer", "meter", "at"),
    key=("identifier",),
)
