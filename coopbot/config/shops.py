"""``[shops]``: what people call a shop, and in what it is paid where that is not the profile's currency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from coopbot.config.teams import read_shop
from coopbot.domain.reading import Reader
from coopbot.domain.team import Connection, ShopKey

_CURRENCY = re.compile("[A-Z]{3}")


def read_shops(top: Reader, known: Mapping[str, Connection]) -> tuple[dict[ShopKey, str], dict[ShopKey, str]]:
    """Names and currencies by ``connection:shop_id``."""
    names: dict[ShopKey, str] = {}
    currencies: dict[ShopKey, str] = {}
    values: Mapping[str, Any] = top.raw("shops", dict, 'a table such as "jd:10001" = "旗舰店"', {}, needed=False)
    for key, value in values.items():
        path = f"shops.{key}"
        shop = read_shop(key, known)
        name, currency = _read(top, path, value)
        if isinstance(shop, str):
            top.wrong(path, shop)
            continue
        names |= {shop: name} if name else {}
        currencies |= {shop: currency} if currency else {}
    return names, currencies


def _read(top: Reader, path: str, value: Any) -> tuple[str, str]:
    """A name alone, or a table of a name and a currency."""
    if not isinstance(value, Mapping):
        if isinstance(value, str) and value.strip():
            return value.strip(), ""
        top.wrong(path, "must be the shop's name")
        return "", ""
    row = Reader(value, top.mistakes, top.at(path))
    name, currency = row.text("name").strip(), row.text("currency", "")
    if currency and not _CURRENCY.fullmatch(currency):
        row.wrong("currency", f"must be three capital letters such as USD, not {currency!r}")
    row.done()
    return name, currency
