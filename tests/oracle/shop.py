"""What is sold in the stories, in plain data: prices, coupons and tax rates."""

MONTH, QUARTER, YEAR, WEEK, DAYS = ("month", 1), ("month", 3), ("year", 1), ("week", 2), ("day", 10)


def _plain(unit: str, rhythm: tuple[str, int] = MONTH, product: str = "base", **more: object) -> dict:
    return {"unit": unit, "currency": "eur", "rhythm": rhythm, "product": product, **more}


def _tiers(mode: str, *tiers: tuple[int | None, str, str], rhythm: tuple[str, int] = MONTH, **more: object) -> dict:
    return {"tiers": tiers, "mode": mode, "currency": "eur", "rhythm": rhythm, "product": "seats", **more}


PRICES: dict[str, dict] = {
    "m0": _plain("0"),
    "m333": _plain("333"),
    "m1000": _plain("1000", options={"usd": {"unit": "1100"}}),
    "m2001": _plain("2001", product="seats", options={"usd": {"unit": "2222"}}),
    "m_half": _plain("0.5", product="seats"),
    "m54321": _plain("54321", product="extra"),
    "q2999": _plain("2999", QUARTER),
    "y10000": _plain("10000", YEAR, options={"usd": {"unit": "11000"}}),
    "y99999": _plain("99999.5", YEAR, product="seats"),
    "w700": _plain("700", WEEK),
    "w_odd": _plain("33.333333", WEEK, product="extra"),
    "d123": _plain("123", DAYS),
    "graduated": _tiers("graduated", (5, "700", "0"), (10, "500", "250"), (None, "333.3", "0")),
    "volume": _tiers("volume", (5, "700", "0"), (20, "500.5", "100"), (None, "0", "9000")),
    "included": _tiers("graduated", (10, "0", "1000"), (None, "50", "500")),
    "y_graduated": _tiers("graduated", (3, "9000", "0"), (None, "7777.7", "0"), rhythm=YEAR),
    "packs_up": _plain("400", product="extra", package=10, round="up"),
    "packs_down": _plain("401", product="extra", package=10, round="down"),
    "used": _plain("1.37", product="use", meter="calls"),
    "used_tiers": _tiers("graduated", (100, "0", "50"), (None, "0.25", "199"), meter="calls"),
    "y_used": _plain("2.5", YEAR, product="use", meter="calls"),
    "w_used": _plain("3", WEEK, product="use", meter="calls"),
}
COUPONS: dict[str, dict] = {
    "quarter": {"percent": "25", "lasts": "forever"},
    "third": {"percent": "33.3", "lasts": "once"},
    "fifth": {"percent": "20", "lasts": "repeating", "months": 3},
    "all": {"percent": "100", "lasts": "once"},
    "five": {"amounts": {"eur": 500, "usd": 600}, "lasts": "once"},
    "seven": {"amounts": {"eur": 701}, "lasts": "forever"},
    "much": {"amounts": {"eur": 25000, "usd": 25000}, "lasts": "repeating", "months": 2},
    "seats_half": {"percent": "50", "lasts": "forever", "products": ("seats",)},
    "base_three": {"amounts": {"eur": 300, "usd": 300}, "lasts": "repeating", "months": 5, "products": ("base",)},
}
RATES: dict[str, dict] = {
    "on19": {"percent": "19", "inclusive": False},
    "on8": {"percent": "8.875", "inclusive": False},
    "on7": {"percent": "7", "inclusive": False},
    "in20": {"percent": "20", "inclusive": True},
    "in5": {"percent": "5.5", "inclusive": True},
}
BILLED_BY_USE = {name for name, price in PRICES.items() if "meter" in price}
