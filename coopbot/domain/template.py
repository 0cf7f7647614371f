"""A team's own ready answers, which its leads keep in Slack: presets beside those of platform and profile."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from coopbot.domain.durations import parse_duration
from coopbot.domain.pledge import Pledge
from coopbot.domain.profile import Profile
from coopbot.domain.scene import ORDER_FIELDS, Preset
from coopbot.domain.work_order import WorkOrder

PREFIX = "t-"
"""Begins the code of every template: the platform does not know it, so that it is never told it."""
MOST_NAME = 70
MOST = 24
"""Templates of a team that are in use: with a section each the list fits one modal."""


@dataclass(frozen=True)
class Template:
    code: str
    name: str
    text: str
    scene: str = ""
    """Code of the profile's scene that it is for; empty: any. Likewise ``shop`` (its id) and ``language``."""
    shop: str = ""
    language: str = ""
    retired: bool = False
    by: str = ""
    """Who wrote it last."""
    within: str = ""
    """What it promises is due so long after the platform took it, such as ``24h``; empty: it promises no such time."""

    @property
    def preset(self) -> Preset:
        """As the card offers it; what the order does not fill is asked for."""
        bare = Preset(self.code, {"zh-CN": self.name, "en": self.name}, self.text)
        asks = tuple(name for name in bare.placeholders if name not in ORDER_FIELDS)
        pledge = Pledge({}, parse_duration(self.within)) if self.within else None
        return Preset(bare.code, bare.labels, bare.text, asks, pledge)

    @property
    def mark(self) -> str:
        """Names this wording of it: another's edit gives another, who wrote it does not."""
        words = (self.name, self.text, self.scene, self.shop, self.language, self.within, str(self.retired))
        return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]

    def fits(self, order: WorkOrder, rules: Profile) -> bool:
        """Whether it is offered on this order."""
        return (
            not self.retired
            and self.scene in ("", rules.scene(order.facts.scene).code)
            and self.shop in ("", order.facts.shop_id)
            and self.language in ("", rules.language)
        )

    def plain(self) -> dict[str, Any]:
        """As the store and the exported file have it."""
        return asdict(self)


def read(data: Mapping[str, Any]) -> Template:
    """The inverse of :meth:`Template.plain`; what is not there is empty."""
    names = ("code", "name", "text", "scene", "shop", "language", "by", "within")
    words = {name: str(data.get(name) or "") for name in names}
    return Template(**words, retired=bool(data.get("retired")))


def is_template(code: str | None) -> bool:
    return code is not None and code.startswith(PREFIX)
