"""What was refused at intake, in one line: what it is and where it must be handled (decisions.md 16)."""

from __future__ import annotations

from coopbot.domain.profile import Line, Profile
from coopbot.domain.work_order import Facts
from coopbot.ports import Message, Translate
from coopbot.views.blocks import section
from coopbot.views.headline import lock_screen
from coopbot.views.pen import Pen, label, msgid

REASONS = {
    "dispute": msgid("{no} of {shop} is a dispute, not a work order: handle it in the console's dispute process."),
    "business_line": msgid(
        "{no} of {shop} belongs to {line}, which has no work orders here: handle it in that line's console."
    ),
    "merchant_type": msgid(
        "{no} of {shop} is for merchants of type {line}, not for this one: handle it in the console."
    ),
}
WITH_PLACE = {
    "dispute": msgid("{no} of {shop} is a dispute, not a work order. {where}."),
    "business_line": msgid("{no} of {shop} belongs to {line}, which has no work orders here. {where}."),
    "merchant_type": msgid("{no} of {shop} is for merchants of type {line}, not for this one. {where}."),
}
OTHERWISE = msgid("{no} of {shop} was not taken ({reason}): handle it in the console.")


def refused(
    facts: Facts, reason_code: str, t: Translate, number: str = "", rules: Profile | None = None, shop: str = ""
) -> Message:
    """``number`` is the order's, ``reason_code`` one of :data:`REASONS`; ``rules`` say where it must be handled,
    ``shop`` is the shop's name where one is configured."""
    pen = Pen(t)
    line = _line(facts, reason_code, rules)
    raw = facts.business_line if reason_code == "business_line" else facts.merchant_type
    said = {
        "no": pen.text(number, 100),
        "shop": pen.text(shop or facts.shop_id, 60),
        "line": pen.text(label(line.labels, t, line.code) if line else raw, 60),
        "where": pen.text(label(line.where, t), 150) if line else "",
        "reason": pen.text(reason_code, 60),
    }
    table = WITH_PLACE if line and line.where else REASONS
    sentence = t(table.get(reason_code, OTHERWISE), **said)
    return Message(text=lock_screen(sentence), blocks=[section(sentence)])


def _line(facts: Facts, reason_code: str, rules: Profile | None) -> Line | None:
    if rules is None:
        return None
    match reason_code:
        case "dispute":
            return rules.refused_kind("dispute")
        case "business_line":
            return rules.business_line(facts.business_line)
        case "merchant_type":
            return rules.merchant_type(facts.merchant_type)
        case _:
            return None
