"""What is not a work order for this team is refused at intake, with the reason (domain.md §1, triage and who)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopbot.domain.profile import Profile


def why_refused(data: Mapping[str, Any], rules: Profile) -> str | None:
    """``dispute``, ``business_line`` or ``merchant_type``; None when the order is taken.

    An unknown merchant type is taken, and the card flags it (decisions.md 16).
    """
    if rules.refused_kind(str(data.get("kind") or "")) is not None:
        return "dispute"
    line = rules.business_line(str(data.get("business_line") or ""))
    if line is not None and not line.accepted:
        return "business_line"
    merchant = rules.merchant_type(str(data.get("merchant_type") or ""))
    if merchant is not None and not merchant.accepted:
        return "merchant_type"
    return None
