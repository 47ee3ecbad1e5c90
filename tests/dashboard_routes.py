"""What the routes of the dashboard can name, for `route_table`: what their paths, queries and forms may hold.

A field that names nothing of a side has None. `@` marks one of the caller's own ids.
"""

from collections.abc import Mapping

STAFF_PATH_KINDS: Mapping[str, str] = {
    "product": "product",
    "kind": "the same for everybody",
    "clock": "the same for everybody",
    "member": "member",
    "invitation": "invitation",
    "key": "API key",
    "session": "staff session",
    "letter": "letter",
    "version": "brand version",
    "start": "start",
    "cancellation": "cancellation",
    "line": "invoice item",
    "payment": "payment",
    "registration": "tax registration",
}
"""Names in paths that `route_table.PATH_KINDS` does not know."""

PORTAL_SETTINGS = {
    *("invoice_history", "detail_name", "detail_email", "detail_address", "detail_phone", "detail_tax_id"),
    *("cancel", "cancel_mode", "cancel_credit", "reasons", "reason_other"),
    *("switch_plan", "change_quantity", "promotion_codes", "proration", "anchor", "wait_less", "wait_shorter", "trial"),
    *("headline", "terms_url", "privacy_url", "return_url"),
}
"""The fields of the portal's settings. Those of offers carry a price's or product's id in their name and are read for
what is the side's own alone."""

SELLER = {
    *("name", "line1", "line2", "postal_code", "city", "state", "country", "tax_number", "email", "phone"),
    *("iban", "bic", "bank_account", "bank_account_holder", "invoice_prefix", "days_until_due", "invoice_footer"),
    "send_receipts",
}
"""The fields of the details for invoices."""
LOOK_TOKENS = ("background", "accent", "font", "radius")
PUBLIC_DETAILS = (
    *("business_name", "headline", "support_email", "support_phone", "phone_on_documents", "support_url"),
    *("line1", "line2", "postal_code", "city", "state", "country"),
    *("website", "terms_url", "privacy_url", "refund_url", "statement_descriptor", "short_descriptor"),
)
LOOK: Mapping[tuple[str, str], str | None] = {
    **{("form", name): None for name in ("act", "seen", "what", "background", "accent", "font", "radius")},
    **{("form", f"remove_{name}_file"): None for name in ("icon", "logo")},
    ("form", "icon_file"): "picture",
    ("form", "logo_file"): "picture",
}
"""The fields of the form of a look."""
PRODUCT_FORM = {
    *("name", "description", "unit_label", "features", "statement_descriptor", "remove_picture"),
    *("tax_code", "tax_code_pick", "picture"),
}
"""The fields of a product. Tax codes are the same for everybody. A picture is named by the hash of what is in it, and
one that is another side's is as none (`test_dashboard_products`)."""
PRICE_FORM = {
    *("amount", "currency", "billing", "interval", "interval_count", "interval_unit", "tax_behavior"),
    *("model", "package_size", "package_round", "sample"),
}
PRICE_MORE = {f"further_{place}_{what}" for place in (1, 2, 3) for what in ("amount", "currency")}
CUSTOMER_DETAILS = {
    *("name", "phone", "language", "note"),
    *("address_line1", "address_line2", "postal_code", "city", "state", "country"),
}
CUSTOMER = "/dashboard/{portal}/customers/{customer}"
SUBSCRIPTION = f"{CUSTOMER}/subscriptions/{{subscription}}"
INVOICE = f"{CUSTOMER}/invoices/{{invoice}}"
CREDIT_NOTE = f"{CUSTOMER}/credit-notes/{{credit_note}}"
CREDIT_FORM = ("what", "line-0", "amount", "reason", "memo", "rest", "letter", "act", "seen")

STAFF_FIELDS: Mapping[str, Mapping[tuple[str, str], str | None]] = {
    "GET /dashboard/sign-in": {("query", "next"): None, ("query", "prefilled_email"): None},
    "POST /dashboard/sign-in": {("form", "email"): "address"},
    "GET /dashboard/sign-in/code": {("query", "again"): None},
    "POST /dashboard/sign-in/code": {("form", "code"): None},
    "POST /dashboard/sign-in/code/again": {},
    "GET /dashboard/sign-in/second-factor": {},
    "POST /dashboard/sign-in/second-factor": {("form", "code"): None},
    "GET /dashboard/sign-in/second-factor/set-up": {},
    "POST /dashboard/sign-in/second-factor/set-up": {("form", "code"): None},
    "GET /dashboard/confirm": {},
    "POST /dashboard/confirm": {("form", "code"): None},
    "POST /dashboard/sign-out": {},
    "GET /dashboard": {("query", "all"): None},
    "GET /dashboard/sign-up": {},
    "POST /dashboard/sign-up": {("form", "email"): "address"},
    "GET /dashboard/sign-up/invitation/{token}": {},
    "GET /dashboard/sign-up/details": {},
    "POST /dashboard/sign-up/details": {
        ("form", name): None for name in ("name", "slug", "country", "currency", "starting_point", "backend")
    },
    "GET /dashboard/sign-up/waiting": {},
    "GET /dashboard/{portal}": {},
    "GET /dashboard/{portal}/customers": {
        ("query", "q"): None,
        ("query", "show"): None,
        ("query", "older"): None,
        ("query", "newer"): None,
    },
    "GET /dashboard/{portal}/customers/new": {("query", "email"): "address"},
    "POST /dashboard/{portal}/customers/new": {
        ("form", "email"): "address",
        ("form", "anyway"): None,
        ("form", "clock"): None,
        **{("form", name): None for name in CUSTOMER_DETAILS},
    },
    "GET /dashboard/{portal}/customers/no-code": {("query", "q"): "address"},
    f"GET {CUSTOMER}": {("query", "done"): None, ("query", "invoices_after"): "invoice"},
    f"GET {CUSTOMER}/details": {("query", "email"): "address"},
    f"POST {CUSTOMER}/details": {
        ("form", "email"): "address",
        **{("form", name): None for name in CUSTOMER_DETAILS},
    },
    f"GET {CUSTOMER}/metadata": {},
    f"POST {CUSTOMER}/metadata": {("form", "key-1"): None, ("form", "value-1"): None},
    f"POST {CUSTOMER}/send-link": {},
    f"POST {CUSTOMER}/end-sessions": {},
    f"GET {CUSTOMER}/close": {},
    f"POST {CUSTOMER}/close": {("form", "typed"): None},
    f"GET {CUSTOMER}/subscribe": {("query", "again"): None},
    f"POST {CUSTOMER}/subscribe": {
        ("form", "price"): "price",
        ("form", "quantity"): None,
        ("form", "trial"): None,
        ("form", "tax"): "tax rate",
    },
    f"GET {CUSTOMER}/subscribe/{{start}}": {("query", "again"): None},
    f"POST {CUSTOMER}/subscribe/{{start}}": {},
    f"GET {SUBSCRIPTION}/change": {("query", "again"): None, ("query", "item"): "item"},
    f"POST {SUBSCRIPTION}/change": {
        ("form", "item"): "item",
        ("form", "price"): "price",
        ("form", "quantity"): None,
        ("form", "proration"): None,
    },
    f"GET {SUBSCRIPTION}/change/{{quote}}": {("query", "again"): None},
    f"POST {SUBSCRIPTION}/change/{{quote}}": {},
    f"GET {SUBSCRIPTION}/cancel": {("query", "again"): None},
    f"POST {SUBSCRIPTION}/cancel": {("form", "when"): None},
    f"GET {SUBSCRIPTION}/cancel/{{cancellation}}": {("query", "again"): None},
    f"POST {SUBSCRIPTION}/cancel/{{cancellation}}": {},
    f"POST {SUBSCRIPTION}/keep": {},
    f"POST {SUBSCRIPTION}/undo-change": {},
    f"GET {SUBSCRIPTION}/pause": {},
    f"POST {SUBSCRIPTION}/pause": {("form", "until"): None, ("form", "credit"): None},
    f"GET {SUBSCRIPTION}/resume": {},
    f"POST {SUBSCRIPTION}/resume": {("form", "anchor"): None},
    f"GET {INVOICE}/paid": {},
    f"POST {INVOICE}/paid": {},
    f"GET {INVOICE}/pdf": {},
    f"GET {INVOICE}": {("query", "done"): None},
    f"GET {CUSTOMER}/invoices/new": {},
    f"POST {CUSTOMER}/invoices/new": {
        ("form", "price"): "price",
        **{("form", name): None for name in ("description", "quantity", "amount", "days", "order", "memo")},
    },
    f"POST {INVOICE}/lines": {
        ("form", "price"): "price",
        **{("form", name): None for name in ("description", "quantity", "amount")},
    },
    f"POST {INVOICE}/lines/{{line}}/remove": {},
    f"GET {INVOICE}/issue": {},
    f"POST {INVOICE}/issue": {("form", "act"): None},
    f"POST {INVOICE}/drop": {},
    f"GET {INVOICE}/payments": {},
    f"POST {INVOICE}/payments": {("form", name): None for name in ("amount", "received", "reference")},
    f"GET {INVOICE}/payments/{{payment}}/reverse": {},
    f"POST {INVOICE}/payments/{{payment}}/reverse": {},
    f"GET {INVOICE}/payments/{{payment}}/receipt": {},
    f"GET {INVOICE}/credit": {},
    f"POST {INVOICE}/credit": {("form", name): None for name in CREDIT_FORM},
    f"GET {CREDIT_NOTE}/pdf": {},
    f"GET {CREDIT_NOTE}/void": {},
    f"POST {CREDIT_NOTE}/void": {},
    f"GET {CUSTOMER}/statement": {("query", "from"): None, ("query", "to"): None},
    f"GET {CUSTOMER}/statement/pdf": {("query", "from"): None, ("query", "to"): None},
    f"GET {INVOICE}/void": {},
    f"POST {INVOICE}/void": {},
    f"GET {INVOICE}/uncollectible": {},
    f"POST {INVOICE}/uncollectible": {},
    **{
        f"GET /dashboard/{{portal}}/{each}": {
            ("query", "show"): None,
            ("query", "older"): None,
            ("query", "newer"): None,
        }
        for each in ("invoices", "subscriptions", "sign-ins")
    },
    "GET /dashboard/{portal}/portal": {("query", "saved"): None},
    "POST /dashboard/{portal}/portal": {("form", name): None for name in PORTAL_SETTINGS},
    "GET /dashboard/{portal}/portal/preview": {},
    "POST /dashboard/{portal}/portal/preview": {("form", name): None for name in PORTAL_SETTINGS},
    "GET /dashboard/{portal}/portal/link": {("query", "customer"): "address", ("query", "done"): None},
    "POST /dashboard/{portal}/portal/link": {("form", "act"): None},
    "POST /dashboard/{portal}/portal/link/replace": {},
    "GET /dashboard/{portal}/portal/link/qr/{kind}": {},
    "GET /dashboard/{portal}/branding": {("query", "after"): "brand version", ("query", "done"): None},
    "POST /dashboard/{portal}/branding": LOOK,
    "POST /dashboard/{portal}/branding/picture": {},
    "POST /dashboard/{portal}/branding/draft": {("form", "act"): None},
    "GET /dashboard/{portal}/branding/preview": {("query", "version"): "brand version", ("query", "what"): None},
    "POST /dashboard/{portal}/branding/preview": LOOK,
    "GET /dashboard/{portal}/branding/colours.css": {("query", name): None for name in LOOK_TOKENS},
    "GET /dashboard/{portal}/branding/contrast": {("query", name): None for name in ("background", "accent")},
    "GET /dashboard/{portal}/branding/versions/{version}": {},
    "POST /dashboard/{portal}/branding/versions/{version}": {},
    "GET /dashboard/{portal}/public-details": {("query", "from"): None, ("query", "saved"): None},
    "POST /dashboard/{portal}/public-details": {("form", name): None for name in PUBLIC_DETAILS},
    "GET /dashboard/account": {("query", "done"): None},
    "POST /dashboard/account": {("form", "name"): None, ("form", "locale"): None},
    "POST /dashboard/account/sessions/{session}/end": {},
    "POST /dashboard/account/sessions/end-others": {},
    "POST /dashboard/account/recovery-codes": {},
    "POST /dashboard/account/second-factor": {},
    "GET /dashboard/invitation/{token}": {},
    "POST /dashboard/invitation/{token}": {},
    "GET /dashboard/{portal}/team": {("query", "done"): None},
    "POST /dashboard/{portal}/team": {("form", "email"): "address", ("form", "role"): None},
    "POST /dashboard/{portal}/team/{member}/role": {("form", "role"): None},
    "POST /dashboard/{portal}/team/{member}/remove": {},
    "POST /dashboard/{portal}/team/{member}/reset-second-factor": {},
    "POST /dashboard/{portal}/team/invitations/{invitation}/revoke": {},
    "GET /dashboard/{portal}/team/sign-in": {("query", "done"): None},
    "POST /dashboard/{portal}/team/sign-in": {
        ("form", "issuer"): None,
        ("form", "client_id"): None,
        ("form", "client_secret"): None,
    },
    "POST /dashboard/{portal}/team/sign-in/remove": {},
    "GET /dashboard/sso/{portal}": {("query", "again"): None},
    "GET /dashboard/sso-callback": {("query", name): None for name in ("code", "state", "iss", "error")},
    "GET /operator": {("query", name): None for name in ("q", "state", "after")},
    "GET /operator/tenants/{tenant}": {("query", "done"): None},
    "POST /operator/tenants/{tenant}/suspend": {("form", "reason"): None},
    "POST /operator/tenants/{tenant}/lift": {("form", "reason"): None},
    "POST /operator/requests/{asked}/approve": {},
    "POST /operator/requests/{asked}/refuse": {("form", "reason"): None},
    "GET /operator/invitations": {("query", "before"): None, ("query", "done"): None},
    "POST /operator/invitations": {("form", "email"): "address", ("form", "locale"): None},
    "POST /operator/invitations/{guest}/revoke": {},
    "GET /operator/settings": {("query", "saved"): None},
    "POST /operator/settings": {("form", name): None for name in ("service_name", "sign_up", "contact", "locale")},
    "GET /dashboard/{portal}/seller": {("query", "saved"): None},
    "POST /dashboard/{portal}/seller": {("form", name): None for name in SELLER},
    "GET /dashboard/{portal}/go-live": {},
    "POST /dashboard/{portal}/go-live": {},
    "GET /dashboard/{portal}/keys": {("query", "revoked"): None},
    "POST /dashboard/{portal}/keys": {("form", "kind"): None},
    "POST /dashboard/{portal}/keys/{key}/revoke": {},
    "GET /dashboard/{portal}/email": {("query", "done"): None},
    "POST /dashboard/{portal}/email": {("form", "local_part"): None, ("form", "domain"): None},
    "POST /dashboard/{portal}/email/check": {},
    "POST /dashboard/{portal}/email/remove": {},
    "POST /dashboard/{portal}/email/test": {},
    "GET /dashboard/{portal}/email/log": {
        ("query", "q"): "address",
        ("query", "show"): None,
        ("query", "older"): None,
        ("query", "newer"): None,
    },
    "GET /dashboard/{portal}/email/log/{letter}": {},
    "GET /dashboard/{portal}/products": {
        ("query", "q"): "product",
        **{("query", name): None for name in ("show", "older", "newer")},
    },
    "GET /dashboard/{portal}/products/new": {},
    "POST /dashboard/{portal}/products/new": {("form", name): None for name in ("id", *PRODUCT_FORM, *PRICE_FORM)},
    "POST /dashboard/{portal}/products/new/picture": {},
    "GET /dashboard/{portal}/products/new/preview": {},
    "POST /dashboard/{portal}/products/new/preview": {
        ("form", "id"): "product",
        **{("form", name): None for name in (*PRODUCT_FORM, *PRICE_FORM)},
    },
    "GET /dashboard/{portal}/products/{product}": {("query", "done"): None},
    "GET /dashboard/{portal}/products/{product}/preview": {},
    "POST /dashboard/{portal}/products/{product}/archive": {},
    "POST /dashboard/{portal}/products/{product}/unarchive": {},
    "POST /dashboard/{portal}/products/{product}/delete": {},
    "GET /dashboard/{portal}/products/{product}/edit": {},
    "POST /dashboard/{portal}/products/{product}/edit": {("form", name): None for name in ("id", *PRODUCT_FORM)},
    "GET /dashboard/{portal}/products/{product}/prices/new": {},
    "POST /dashboard/{portal}/products/{product}/prices/new": {
        **{("form", name): None for name in ("id", *PRICE_FORM, *PRICE_MORE)},
        ("form", "meter"): "meter",
    },
    "POST /dashboard/{portal}/products/{product}/prices/{price}/archive": {},
    "POST /dashboard/{portal}/products/{product}/prices/{price}/unarchive": {},
    "POST /dashboard/{portal}/products/{product}/prices/{price}/default": {},
    "GET /dashboard/{portal}/coupons": {("query", "after"): "coupon"},
    "GET /dashboard/{portal}/coupons/new": {},
    "POST /dashboard/{portal}/coupons/new": {
        ("form", name): None for name in ("name", "kind", "worth", "currency", "duration", "months", "most", "until")
    },
    "GET /dashboard/{portal}/coupons/{coupon}": {("query", "done"): None},
    "POST /dashboard/{portal}/coupons/{coupon}/codes": {
        ("form", name): None for name in ("code", "most", "until", "first")
    },
    "POST /dashboard/{portal}/coupons/{coupon}/codes/{promotion_code}/switch": {("form", "active"): None},
    "POST /dashboard/{portal}/coupons/{coupon}/archive": {},
    f"GET {CUSTOMER}/discounts": {},
    f"POST {CUSTOMER}/discounts": {("form", "coupon"): "coupon", ("form", "to"): "subscription"},
    f"POST {CUSTOMER}/discounts/remove": {("form", "of"): "subscription", ("form", "discount"): "discount"},
    f"GET {CUSTOMER}/tax-ids": {},
    f"POST {CUSTOMER}/tax-ids": {("form", "type"): None, ("form", "value"): None},
    f"POST {CUSTOMER}/tax-ids/{{tax_id}}/remove": {},
    f"POST {CUSTOMER}/tax-ids/{{tax_id}}/confirm": {},
    "GET /dashboard/{portal}/tax": {
        ("query", "product"): "product",
        **{("query", name): None for name in ("country", "state", "kind", "done")},
    },
    "POST /dashboard/{portal}/tax": {
        ("form", name): None for name in ("automatic", "tax_code", "tax_code_pick", "behavior")
    },
    "POST /dashboard/{portal}/tax/registrations": {
        ("form", name): None for name in ("country", "scheme", "region", "since")
    },
    "POST /dashboard/{portal}/tax/registrations/{registration}/end": {},
    "GET /dashboard/{portal}/tax-rates": {("query", "after"): "tax rate", ("query", "done"): None},
    "POST /dashboard/{portal}/tax-rates": {("form", name): None for name in ("name", "percentage", "kind")},
    "POST /dashboard/{portal}/tax-rates/{tax_rate}/switch": {("form", "active"): None},
    "GET /dashboard/{portal}/clocks": {("query", "after"): None, ("query", "done"): None},
    "POST /dashboard/{portal}/clocks": {("form", "name"): None, ("form", "date"): None},
    "POST /dashboard/{portal}/clocks/{clock}/advance": {
        ("form", "step"): None,
        ("form", "date"): None,
        ("form", "customer"): None,
    },
    "POST /dashboard/{portal}/clocks/{clock}/delete": {},
    "GET /dashboard/{portal}/tax-codes": {("query", "q"): None},
}
"""What pages read from queries and forms, beside `lang`, `next` and `csrf`."""

CHOSEN_LOOK = {"background": "#14213d", "accent": "#ffb703", "font": "lora", "radius": "pill"}

STAFF_NEEDED: Mapping[str, Mapping[str, str]] = {
    "POST /dashboard/sign-in": {"email": "robin@example.com"},
    "POST /dashboard/sign-in/code": {"code": "000000"},
    "POST /dashboard/sign-in/second-factor": {"code": "000000"},
    "POST /dashboard/sign-in/second-factor/set-up": {"code": "000000"},
    "POST /dashboard/confirm": {"code": "000000"},
    "POST /operator/tenants/{tenant}/suspend": {"reason": "Fraud"},
    "POST /operator/invitations": {"email": "robin@example.com"},
    "POST /operator/settings": {"service_name": "Frontdesk"},
    "POST /dashboard/sign-up": {"email": "robin@example.com"},
    "POST /dashboard/sign-up/details": {"name": "Brandt Yoga", "country": "DE", "currency": "eur"},
    "POST /dashboard/{portal}/coupons/new": {"worth": "25"},
    "POST /dashboard/{portal}/coupons/{coupon}/codes": {"code": "SUMMER-25"},
    "POST /dashboard/{portal}/coupons/{coupon}/codes/{promotion_code}/switch": {"active": "false"},
    f"POST {CUSTOMER}/discounts": {"coupon": "@spare coupon", "to": "customer"},
    f"POST {CUSTOMER}/discounts/remove": {"of": "@subscription", "discount": "@discount"},
    f"POST {CUSTOMER}/tax-ids": {"type": "us_ein", "value": "12-3456789"},
    "POST /dashboard/{portal}/tax": {"automatic": "off", "behavior": "inclusive"},
    "POST /dashboard/{portal}/tax/registrations": {"country": "FR", "scheme": "standard"},
    "POST /dashboard/{portal}/tax-rates": {"name": "VAT", "percentage": "19"},
    "POST /dashboard/{portal}/tax-rates/{tax_rate}/switch": {"active": "true"},
    "POST /dashboard/{portal}/clocks": {"date": "2027-03-01"},
    "POST /dashboard/{portal}/clocks/{clock}/advance": {"step": "month"},
    "POST /dashboard/{portal}/customers/new": {"name": "Newcomer", "email": "newcomer@example.com"},
    f"POST {CUSTOMER}/details": {"name": "Jenny", "email": "jenny@example.com"},
    f"POST {CUSTOMER}/metadata": {"key-1": "crm", "value-1": "K-4711"},
    f"POST {CUSTOMER}/close": {"typed": "Jenny"},
    f"POST {CUSTOMER}/subscribe": {"price": "@price", "quantity": "2"},
    f"POST {SUBSCRIPTION}/change": {"price": "@dear price", "quantity": "2"},
    f"POST {SUBSCRIPTION}/cancel": {"when": "period_end"},
    f"POST {CUSTOMER}/invoices/new": {"description": "Workshop", "quantity": "1", "amount": "100.00", "days": "14"},
    f"POST {INVOICE}/lines": {"description": "Workshop", "quantity": "1", "amount": "100.00"},
    f"POST {INVOICE}/credit": {"what": "all"},
    f"POST {INVOICE}/payments": {"amount": "1.00", "received": "2026-01-02"},
    "POST /dashboard/{portal}/portal": {"invoice_history": "on", "cancel": "on"},
    "POST /dashboard/{portal}/portal/link": {"act": "activate"},
    "POST /dashboard/{portal}/branding": CHOSEN_LOOK,
    "POST /dashboard/{portal}/branding/preview": CHOSEN_LOOK,
    "POST /dashboard/{portal}/branding/draft": {"act": "discard"},
    "GET /dashboard/{portal}/branding/colours.css": CHOSEN_LOOK,
    "GET /dashboard/{portal}/branding/contrast": {"background": "#14213d", "accent": "#ffb703"},
    "POST /dashboard/{portal}/public-details": {"business_name": "Northbeam"},
    "POST /dashboard/{portal}/team": {"email": "new@example.com", "role": "support"},
    "POST /dashboard/{portal}/team/{member}/role": {"role": "support"},
    "POST /dashboard/{portal}/keys": {"kind": "secret"},
    "POST /dashboard/{portal}/email": {"local_part": "billing", "domain": "acme.example"},
    "POST /dashboard/{portal}/products/new": {"name": "Desk", "amount": "12.00", "currency": "eur"},
    "POST /dashboard/{portal}/products/{product}/edit": {"name": "Desk"},
    "POST /dashboard/{portal}/products/{product}/prices/new": {"amount": "12.00", "currency": "eur"},
}
"""What a form needs so that only the thing named in the slot can be wrong with it."""
