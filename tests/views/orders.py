"""Orders as views see them: ordinary ones, and the nastiest that the platform may send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain.seen import Seen, see
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind
from coopbot.views.language import Catalogues
from tests.support.world import ANA, BEN, BOSS, LEAD, a_desk, an_order, entry, queued, shanghai

NAMES = {ANA: "王芳", BEN: "李伟", LEAD: "陈静", BOSS: "赵总"}
ENGLISH_NAMES = {ANA: "Wang Fang", BEN: "Li Wei", LEAD: "Chen Jing", BOSS: "Zhao"}
LANGUAGES = Catalogues(strict=True)
MORNING = shanghai("2026-11-23 09:30")
RAISED = shanghai("2026-11-23 09:00")

NASTY = (
    "<!channel> & <@U1> <https://evil.example|ok> *bold* _it_ `code` ~x~ |> \u202eabc 👩‍👩‍👧‍👦\n\r\n\t\x00é e\u0301 ﷽ "
)
NASTY_LONG = (NASTY * 40)[:3000]


def names(language: str) -> Mapping[str, str]:
    return NAMES if language == "zh-CN" else ENGLISH_NAMES


def seen(
    *log: Entry,
    now: datetime = MORNING,
    language: str = "zh-CN",
    desk: Desk | None = None,
    raised_at: datetime = RAISED,
    people: Mapping[str, str] | None = None,
    **facts: Any,
) -> Seen:
    from coopbot.domain.team import ShopKey

    desk = desk or a_desk(shop_names={ShopKey("jd", "10001"): "旗舰店" if language == "zh-CN" else "Flagship"})
    return see(an_order(raised_at, *log, **facts), desk, now, people or names(language))


def nasty(*log: Entry, now: datetime = MORNING, **more: Any) -> Seen:
    """Everything that may be free text is as bad as it gets, in the lengths that intake lets through."""
    desk = a_desk()
    bad = {ANA: NASTY, BEN: "x|>y<!here>", LEAD: "\u202e" + "长" * 300, BOSS: ""}
    facts = {
        "content": NASTY_LONG,
        "title": NASTY * 4,
        "scene": NASTY[:90],
        "order_no": "<!here>|" + "9" * 90,
        "merchant_type": "<@U9>" + "m" * 90,
        "consumer": {"name": "<!channel>王", "contact": "<tel:13812345678|x>"},
        "amount": "99999999.99",
        "console_url": "https://console.example/" + "a" * 3000,
        "attachments": [{"name": "x|>y<!here>" * 9, "url": "https://files.example/" + "b" * 150}] * 100,
        "presets": [
            {
                "code": f"code-{index}-" + "c" * 85,
                "label": NASTY[:150] + str(index),
                "requires": ["description"] * (index % 2),
            }
            for index in range(30)
        ],
    }
    return see(an_order(RAISED, *log, **{**facts, **more}), desk, now, bad)


def claimed(by: str = ANA, at: datetime | None = None) -> Entry:
    return entry(Kind.CLAIMED, at or RAISED + timedelta(minutes=5), by=by)


def answered(text: str = "今天 18:00 前发出", at: datetime | None = None, **more: Any) -> tuple[Entry, ...]:
    at = at or RAISED + timedelta(minutes=10)
    return claimed(), queued("r1", at, text=text, **more)


def promised(until: str = "2026-11-23 18:00", zh: str = "退款", en: str = "refund") -> tuple[Entry, ...]:
    """An answer that the platform took and that promises something."""
    pledge = {"what": {"zh-CN": zh, "en": en}, "until": shanghai(until).isoformat()}
    return *answered(promise=pledge), delivered()


def recalled(zh: str = "退款", en: str = "refund", state: str = "broken", who: str = BEN) -> Entry:
    """What somebody promised when the matter was raised before."""
    due = shanghai("2026-11-22 18:00").isoformat()
    data = {"order": "jd:A-1", "reply_id": "r0", "who": who, "what": {"zh-CN": zh, "en": en}, "text": "", "due": due}
    return entry(Kind.RECALLED, RAISED, by="coopbot", key="recalled", state=state, **data)


def asked(text: str = "今天 18:00 前发出", called: tuple[str, ...] = (LEAD,), at: datetime | None = None) -> Entry:
    """Ana's answer waits for a second person."""
    answer = {"reply_id": "r1", "text": text, "preset_code": None, "fields": {}, "view": "V1", "grace_s": 0}
    data = {"approval": "r1", "answer": answer, "view": "V1", "called": list(called)}
    return Entry(Kind.APPROVAL_ASKED, at or RAISED + timedelta(minutes=10), "approval:r1", ANA, data)


def delivered(at: datetime | None = None) -> Entry:
    return entry(Kind.REPLY_DELIVERED, at or RAISED + timedelta(minutes=11), reply_id="r1")


def accepted(at: datetime | None = None) -> Entry:
    return entry(Kind.REPLY_ACCEPTED, at or RAISED + timedelta(minutes=12), reply_id="r1")


def rejected(reason: str = "未说明发货时间", at: datetime | None = None) -> Entry:
    return entry(Kind.REPLY_REJECTED, at or RAISED + timedelta(minutes=12), reply_id="r1", reason=reason)
