"""The explanation as people read it, in both languages, and the staffed time beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from coopbot.domain.calendar import parse_hours
from coopbot.domain.explain import explain
from coopbot.domain.pauses import Pause
from coopbot.domain.sla import due
from coopbot.domain.staffing import staffed
from coopbot.views.explain import Near, exact, lines, staffing_line
from coopbot.views.language import Catalogues
from tests.support.clockwork import SHANGHAI, English, at, rules

JD = rules("jd-pop")
T = English()


def test_overnight_in_english() -> None:
    assert lines(explain(JD, due(JD, "crc", at("2026-11-23 18:10"))), T) == [
        "CRC · 4 h of working time · JD POP, rules 2026.12",
        "Raised by the platform: Mon, Nov 23, 18:10",
        "Mon, Nov 23, 18:10 – 19:00: 50 min counted, 3 h 10 min left",
        "Mon, Nov 23, 19:00 – Tue, Nov 24, 09:00: outside working hours",
        "Tue, Nov 24, 09:00 – 12:10: 3 h 10 min counted, 0 min left",
        "Due: Tue, Nov 24, 12:10",
        "Basis: budget given, way of counting given",
    ]


def test_platform_deadline_and_internal_hold() -> None:
    raised = at("2026-11-23 18:10")
    hold = Pause(raised, at("2026-11-23 18:30"), "Li Wei", "waiting for the courier")
    it = due(JD, "general", raised, platform_due=raised + timedelta(hours=20))
    assert lines(explain(JD, it, [hold]), T)[-4:] == [
        "Mon, Nov 23, 18:10 – 18:30: internal hold by Li Wei (waiting for the courier); the platform's clock runs",
        "Due by our rules: Tue, Nov 24, 18:10",
        "Due by the platform's own deadline, which counts: Tue, Nov 24, 14:10, 4 h earlier",
        "Basis: budget given, way of counting assumed",
    ]


def test_a_holiday_by_its_name() -> None:
    template = rules("template")
    text = "\n".join(lines(explain(template, due(template, "crc", at("2026-09-30 17:00"))), T))
    assert "Thu, Oct 1, 00:00 – Thu, Oct 8, 00:00: National Day, not counted" in text


def test_beyond_the_last_known_holiday() -> None:
    template = rules("template")
    last = lines(explain(template, due(template, "crc", at("2027-03-01 09:00"))), T)[-1]
    assert last == "The holiday sets end on 2026-12-31; later dates count as ordinary days"


def test_overnight_in_chinese() -> None:
    chinese = Catalogues(strict=True)["zh-CN"]
    assert lines(explain(JD, due(JD, "crc", at("2026-11-23 18:10"))), chinese) == [
        "CRC 高危投诉 · 4 小时工作时间 · 京东 POP 规则 2026.12",
        "平台发起：11月23日周一 18:10",
        "11月23日周一 18:10 至 19:00：计 50 分钟，余 3 小时 10 分钟",
        "11月23日周一 19:00 至 11月24日周二 09:00：非工作时间，不计",
        "11月24日周二 09:00 至 12:10：计 3 小时 10 分钟，余 0 分钟",
        "截止：11月24日周二 12:10",
        "依据：时限为平台规则，计时方式为平台规则",
    ]


def test_every_sentence_is_in_both_catalogues() -> None:
    raised = at("2026-09-30 17:00")
    pauses = [Pause(raised, raised + timedelta(hours=1), "Li Wei", "power cut")]
    shifts = parse_hours("Mon-Sun 10:00-18:00", SHANGHAI)
    for language in ("zh-CN", "en"):
        t = Catalogues(strict=True)[language]
        for profile in (rules("template"), replace(rules("template"), pauses_clock=True)):
            for hours in (None, 1, 22, 24 * 200):
                platform = raised + timedelta(hours=hours) if hours else None
                for rejected in (None, raised + timedelta(hours=1)):
                    it = due(profile, "crc", raised, platform_due=platform, rejected_at=rejected, pauses=pauses)
                    assert all(lines(explain(profile, it, pauses), t))
                    for now in (raised, raised + timedelta(days=1), it.at):
                        for there in (None, shifts):
                            assert staffing_line(it, staffed(it, there, now), t, Near(now, SHANGHAI, t))


def test_a_long_way_is_shortened_in_the_middle() -> None:
    short = due(JD, "crc", at("2026-11-23 18:10"))
    budget = timedelta(hours=200)
    long = replace(short, budget=budget, at=JD.working.add(short.start, budget))
    text = lines(explain(JD, long), T)
    assert "… 31 more steps, 150 h counted" in text
    assert len(text) == 15


def test_staffed_time_in_one_line() -> None:
    it, now = due(JD, "crc", at("2026-11-23 18:10")), at("2026-11-23 18:10")
    shifts = parse_hours("Mon-Sun 10:00-18:00", SHANGHAI)
    assert staffing_line(it, staffed(it, shifts, now), T, Near(now, SHANGHAI, T)) == (
        "Due tomorrow 12:10; your team is back at 10:00: 2 h 10 min staffed"
    )
    assert staffing_line(it, staffed(it, None, now), T, Near(now, SHANGHAI, T)).endswith(
        "nobody of your team is there before"
    )
    noon = at("2026-11-24 11:00")
    assert (
        staffing_line(it, staffed(it, shifts, noon), T, Near(noon, SHANGHAI, T))
        == "Due 12:10; your team is there for 1 h 10 min of what is left"
    )


def test_lengths_to_the_second() -> None:
    assert [exact(timedelta(seconds=seconds), T) for seconds in (0, 59, 60, 3661, 86400)] == [
        "0 min",
        "59 s",
        "1 min",
        "1 h 1 min 1 s",
        "24 h",
    ]
