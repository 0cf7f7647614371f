"""Every refusal has a sentence that says what to do instead, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

import pytest

from coopbot.domain.effectiveness import Shortcoming
from coopbot.domain.work_order import Kind
from coopbot.views.refusal import SENTENCES, refusal
from tests.support.sentences import ROOT
from tests.support.world import ANA, LEAD, SHANGHAI, shanghai
from tests.views.orders import ENGLISH_NAMES, LANGUAGES, NAMES, NASTY

AT = shanghai("2026-11-23 14:02")
NOW = shanghai("2026-11-23 14:30")
FACTS: Mapping[str, Any] = {
    "by": ANA,
    "at": AT,
    "team": "flagship",
    "channel": "C0FLAG",
    "leads": [LEAD],
    "order": "jd:A-17",
    "code": "ship_by",
    "over": 12,
    "limit": 1000,
    "unit": "gbk_bytes",
    "least": 8,
    "most": 50,
    "hole": "order_no",
    "length": 3,
    "word": "加微信",
    "field": "tracking_no",
    "shop": "jd:1",
    "shops": ["旗舰店", "Outlet"],
    "month": "2026-13",
    "id": "1a2b3c4d",
    "reason": "",
    "state": "closed",
    "act": "reply",
    "file": "凭证.exe",
    "types": "jpg pdf",
    "path": {"zh-CN": "商家后台 › 工单", "en": "Console › Orders"},
}


def codes_raised() -> set[str]:
    """Every code that any file of coopbot puts into a Refusal; those made of parts are spelt out."""
    codes: set[str] = set()
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call in re.findall(r"\bRefusal\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text):
            first = call.split(",")[0]
            if not re.match(r"\s*code\b", first):
                codes |= set(re.findall(r'(?<!f)"(\w+)"', first))
    endings = (Kind.ANSWERED_ELSEWHERE, Kind.TIMED_OUT, Kind.CLOSED, Kind.VOIDED)
    shortcomings = get_args(get_type_hints(Shortcoming)["code"])
    codes |= {f"order_{kind.value}" for kind in endings}
    codes |= {f"not_effective_{code}" for code in shortcomings}
    return codes


def test_every_code_that_is_raised_has_a_sentence() -> None:
    raised = codes_raised()
    assert {"already_answered", "nobody_has_it", "not_effective_too_short", "order_closed", "missing_field"} <= raised
    assert raised - set(SENTENCES) == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_each_is_one_short_line_and_safe(code: str, language: str) -> None:
    sentence = refusal(code, FACTS, LANGUAGES[language], names={ANA: NASTY, LEAD: NASTY}, now=NOW)
    assert sentence
    assert "{" not in re.sub(r"<!date[^>]*>", "", sentence)
    assert "<!channel" not in sentence
    assert len(sentence) < 300
    assert "\n" not in sentence
    with_all = refusal(code, {**FACTS, "text": NASTY, "reason": NASTY}, LANGUAGES[language], now=NOW)
    assert "<!channel" not in with_all


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_modals_error_is_plain_text_with_the_time_of_the_zone(code: str, language: str) -> None:
    sentence = refusal(code, FACTS, LANGUAGES[language], names={ANA: "A & B"}, now=NOW, zone=SHANGHAI)
    assert "<" not in sentence
    assert "&amp;" not in sentence


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("code", ["already_claimed", "not_a_member", "only_leads"])
def test_missing_facts_leave_no_hole(code: str, language: str) -> None:
    assert refusal(code, {}, LANGUAGES[language])


def test_an_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        refusal("no_such_code", {}, LANGUAGES["en"])


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("already_answered", "王芳 14:02 已回复，无需再处理。", "Wang Fang answered at 14:02; nothing left to do."),
        (
            "already_claimed",
            "王芳 14:02 已认领。组长可以接管。",
            "Wang Fang has had it since 14:02. A lead can take it over.",
        ),
        ("only_leads", "只有组长可以这样做，请找陈静。", "Only a lead can do that. Ask Chen Jing."),
        (
            "too_long",
            "超长 12 字节（一个汉字 2 字节），平台最多收 1000。",
            "Too long by 12 bytes (a Chinese character counts 2); the platform takes 1000.",
        ),
        ("missing_field", "还缺：运单号。", "Tracking number is still missing."),
        (
            "store_busy",
            "没有保存，你写的内容还在，请再试一次。（错误编号 1a2b3c4d）",
            "Not saved; your text is still here. Try again. (error 1a2b3c4d)",
        ),
    ],
)
def test_the_words(code: str, zh: str, en: str) -> None:
    assert refusal(code, FACTS, LANGUAGES["zh-CN"], names=NAMES, now=NOW, zone=SHANGHAI) == zh
    assert refusal(code, FACTS, LANGUAGES["en"], names=ENGLISH_NAMES, now=NOW, zone=SHANGHAI) == en


def test_too_late_is_told_with_what_was_sent_and_why_it_ended() -> None:
    facts = {**FACTS, "text": "今天发出", "reason": "消费者撤诉"}
    said = refusal("already_answered", facts, LANGUAGES["zh-CN"], names=NAMES, now=NOW, zone=SHANGHAI)
    assert said == "王芳 14:02 已回复，无需再处理。已发出：“今天发出”"
    said = refusal("order_closed", facts, LANGUAGES["en"], now=NOW, zone=SHANGHAI)
    assert said == "The platform closed this order at 14:02; nothing left to do. Reason: 消费者撤诉"


def test_a_click_that_was_not_saved_lost_no_text() -> None:
    assert refusal("store_busy", FACTS, LANGUAGES["en"]) == "Not saved. Try again. (error 1a2b3c4d)"


def test_whoever_is_named_in_a_whisper_is_not_called_by_name_only() -> None:
    """A whisper reaches its reader alone: an unknown name is left to Slack to resolve."""
    assert refusal("already_claimed", FACTS, LANGUAGES["en"]).startswith("<@U0ANA> has had it since <!date^")
