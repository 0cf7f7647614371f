"""Slack refuses nothing that a view makes, and nothing from outside acts in it: both languages, the nastiest input."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from coopbot.domain.amounts import Estimate
from coopbot.domain.approval import requests
from coopbot.domain.deadline import DeadlineKind, deadline
from coopbot.domain.digest import MOST_ORDERS
from coopbot.domain.files import USUAL_RULES
from coopbot.domain.ledger import PenaltyKind, PenaltyState
from coopbot.domain.outage import End, FiledOutage, OutageKind, OutageReport
from coopbot.domain.scene import Preset
from coopbot.domain.seen import Seen
from coopbot.domain.staffing import staffed
from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import Entry, Kind, OrderKey
from coopbot.ports import Message, Translate
from coopbot.services.promise_book import Book, Count, Owed
from coopbot.services.risk import Reckoned
from coopbot.views import (
    approval,
    consumer,
    direct,
    error,
    headline,
    held,
    help,
    loading,
    note,
    operator,
    outage,
    refused,
    reply_modal,
    tight,
)
from coopbot.views.card import card
from coopbot.views.digest import Row, digest
from coopbot.views.promise import given_up_modal, kept_modal
from coopbot.views.promise_list import promises as promises_view
from coopbot.views.reckoning import reckoning_modal
from coopbot.views.reminder import ReminderItem, reminder
from coopbot.views.status import status
from coopbot.views.why import why as why_view
from tests.support.block_kit import faults, mrkdwn, view_faults
from tests.support.world import ANA, BEN, BOSS, LEAD, a_team, entry, jd_pop, shanghai
from tests.views.facts import Standing, penalty
from tests.views.orders import (
    LANGUAGES,
    NASTY,
    NASTY_LONG,
    RAISED,
    accepted,
    answered,
    asked,
    claimed,
    delivered,
    nasty,
    promised,
    recalled,
    rejected,
    seen,
)

NOON = shanghai("2026-11-23 12:00")
LATE = shanghai("2026-11-23 13:05")
LINK = "https://shop.example/" + "a" * 2000
LOGS: Mapping[str, tuple[tuple[Entry, ...], datetime]] = {
    "open": ((), NOON),
    "claimed": ((claimed(),), NOON),
    "overdue": ((claimed(),), LATE),
    "overdue, nobody": ((), LATE),
    "queued": (answered(NASTY_LONG), NOON),
    "delivered": ((*answered(NASTY_LONG), delivered()), NOON),
    "accepted": ((*answered(NASTY_LONG), delivered(), accepted()), NOON),
    "rejected": ((*answered(), delivered(), rejected(NASTY_LONG)), NOON),
    "elsewhere": ((entry(Kind.ANSWERED_ELSEWHERE, NOON, text=NASTY_LONG),), NOON),
    "transferred": ((entry(Kind.TIMED_OUT, LATE, reason=NASTY_LONG),), LATE),
    "voided": ((entry(Kind.VOIDED, NOON, reason=NASTY_LONG),), NOON),
    "held": ((claimed(), entry(Kind.PAUSED, RAISED, by=LEAD, why=NASTY_LONG)), NOON),
    "closed": ((entry(Kind.CLOSED, NOON),), NOON),
    "waiting for approval": ((claimed(), asked(NASTY_LONG)), NOON),
    "waiting for nobody": ((claimed(), asked(called=())), LATE),
    "promised": (promised(zh=NASTY_LONG, en=NASTY_LONG), NOON),
    "promise broken": (promised("2026-11-23 11:00"), NOON),
    "promise given up": (
        (*promised(), entry(Kind.PROMISE_BROKEN, NOON, by=ANA, reply_id="r1", why=NASTY_LONG)),
        LATE,
    ),
    "promise kept": (
        (
            *promised(zh=NASTY_LONG),
            entry(Kind.PROMISE_KEPT, NOON, by=ANA, reply_id="r1", text=NASTY_LONG, tracking_no=NASTY, link=LINK),
        ),
        LATE,
    ),
    "promise and rejected": ((*promised(zh=NASTY_LONG), rejected(NASTY_LONG)), NOON),
    "recalled": ((recalled(NASTY_LONG, NASTY_LONG),), NOON),
    "urged, outage": (
        (entry(Kind.URGED, RAISED, count=99), entry(Kind.OUTAGE_REPORTED, RAISED, by=ANA)),
        NOON,
    ),
}


def many(n: int, now: datetime = NOON) -> list[Seen]:
    """Orders of their own numbers, some late, some soon, some answered, all nasty."""
    kinds = [nasty(now=now), nasty(claimed(), now=now, **{"class": "general"}), nasty(*answered(NASTY), now=now)]
    kinds.append(nasty(now=now, raised_at=(now - timedelta(days=2)).isoformat()))
    return [
        replace(it, order=replace(it.order, key=OrderKey("jd", f"{index}-" + "n" * 90)))
        for index in range(n)
        for it in [kinds[index % len(kinds)]]
    ]


@cache
def messages(language: str) -> Sequence[tuple[str, Message]]:
    """Every message that there is, by what it is."""
    return list(_messages(LANGUAGES[language]))


@cache
def modals(language: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    return list(_modals(LANGUAGES[language]))


def _messages(t: Translate) -> Iterator[tuple[str, Message]]:
    for name, (log, now) in LOGS.items():
        for make in (nasty, seen):
            it = make(*log, now=now)
            crowd = make(*log, now=now, presets=[{"code": f"c{n}", "label": NASTY[:150] + str(n)} for n in range(120)])
            yield f"card {name} with 120 presets", card(crowd, t, expected="warning", expanded=True)
            for expanded in (False, True):
                yield f"card {name}", card(it, t, now=now, mention=(ANA, "S0G"), expected="warning", expanded=expanded)
            yield f"card {name}", card(it, t, duty_note="nobody_on_call")
            for key, why in (
                ("75", "on_call"),
                ("breach", "claimant"),
                ("opening", "on_call"),
                ("urge", ""),
                ("x", "user:U"),
            ):
                item = ReminderItem(it, key, (ANA, BEN, LEAD, BOSS, "S0G"), why, ("50", "75"), "unknown")
                yield f"reminder {name} {key}", reminder([item], t, now)
                yield f"reminder {name} silent", reminder([ReminderItem(it, key)], t, now)
            yield f"consumer {name}", consumer.consumer(it, t)
            owed = [Owed(it, each) for each in it.promises if each.is_open] * 40
            counts = [Count(NASTY[:60], 10**6, 10**6)] * 40
            book = Book(it.team, owed, owed, counts, counts, {})
            yield f"promises {name}", promises_view(book, t, now)
            yield f"why {name}", why_view(it, t)
    yield from _approvals(t)
    people = tuple(f"U{n:09}" for n in range(60))
    for size in (2, 24, 60):
        items = [ReminderItem(it, "breach", people, "lead", (), "warning") for it in many(size)]
        yield f"bundle of {size}", reminder(items, t, NOON)
    for code, facts in NOTE_FACTS.items():
        for whose in (nasty(*answered(NASTY_LONG), now=NOON), seen(*answered(), delivered(), rejected()), None):
            yield f"note {code}", note.note(code, facts, whose, t)
    for reason in (*refused.REASONS, "another"):
        for rules in (jd_pop(), None):
            it = nasty(business_line="paipai" if rules else NASTY)
            yield f"refused {reason}", refused.refused(it.order.facts, reason, t, NASTY[:90], rules, NASTY)
    for code in (*operator.ALARMS, "another"):
        facts = {
            "since": "2026-11-23T01:00:00Z",
            "channel": "C0FLAG",
            "order": NASTY,
            "reason": NASTY_LONG,
            "detail": NASTY,
        }
        yield f"alarm {code}", operator.alarm(code, facts, t, "deadbeef")
        yield f"alarm {code} bare", operator.alarm(code, {}, t)
    for size in (1, 24, 60):
        found = [(it, staffed(it.due, it.team.hours, shanghai("2026-11-23 19:00"))) for it in many(size)]
        rows = [Row(it, NASTY if n % 7 == 6 else "") for n, it in enumerate(many(min(size, MOST_ORDERS)))]
        yield f"digest of {size}", digest(rows, t, NOON)
        yield f"tight, {size}", tight.tight(found, shanghai("2026-11-23 19:00"), people, t)
    for log in (LOGS["held"][0], ()):
        yield "held", held.held(nasty(*log, now=NOON), t)
    yield "error", error.error("deadbeef", t)
    yield "help", help.help_(t)
    yield "help unknown", help.help_(t, NASTY_LONG)
    ledger = [penalty(kind, state, points=6, amount=10000) for kind in PenaltyKind for state in PenaltyState] * 20
    for size in (0, 1, 500):
        facts_ = Standing(many(size), ledger=ledger, sees_money=True, names={ANA: NASTY_LONG, BEN: NASTY})
        yield f"status of {size}", status(facts_, t, NOON)
        yield f"status of {size} in 12 teams", status([facts_] * 12, t, NOON)
        yield f"direct of {size}", direct.direct([facts_], t, NOON)
        yield f"direct of {size} in 12 teams", direct.direct([facts_] * 12, t, NOON)
    yield "direct to a stranger", direct.direct([], t, NOON)
    yield "outage filed", outage.filed(FILED, t)
    yield "outage filed, unsent", outage.filed(replace(FILED, sent_to=()), t)
    yield "outage for the manager", outage.for_manager(FILED.to_json(), t)
    yield "outage over for the manager", outage.for_manager(OVER.to_json(), t)
    lasting = deadline("e", DeadlineKind.OUTAGE_END, ShopKey("jd", "1"), RAISED, LATE, kind="power", outage="V1",
                       **{"from": RAISED.isoformat()})  # fmt: skip
    yield "outages that last", Message("x", outage.lasting([lasting] * 9, t, RAISED))


def _approvals(t: Translate) -> Iterator[tuple[str, Message]]:
    for it in (nasty(claimed(), asked(NASTY_LONG)), seen(claimed(), asked(called=()))):
        (waits,) = requests(it.order)
        for news in approval.NEWS:
            for called in ((), (LEAD,), tuple(f"U{n:09}" for n in range(20))):
                asking = approval.Asking(news, called, LATE, alone=True)
                yield f"request {news}", approval.request(it, waits, asking, t)
        for standing in approval.BECAME:
            became = replace(waits, standing=standing, settled_by=LEAD, settled_at=NOON, reason=NASTY_LONG)
            yield f"request {standing}", approval.settled(it, became, t)


def _modals(t: Translate) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, (log, now) in LOGS.items():
        for make in (nasty, seen):
            it = make(*log, now=now)
            yield f"reply {name}", reply_modal.reply_modal(it, t, now, files=USUAL_RULES)
            yield f"reply {name} again", reply_modal.reply_modal(it, t, now, NASTY_LONG, error="not saved")
            yield f"whole text {name}", consumer.whole_text(it, t)
            yield f"outage {name}", outage.outage_modal(it, t)
            for promise in it.promises:
                yield f"kept {name}", kept_modal(it, promise, t)
                yield f"given up {name}", given_up_modal(it, promise, t)
            for preset in (PRESET, *it.presets[:5]):
                for files in (None, USUAL_RULES):
                    yield f"preset {name}", reply_modal.preset_modal(it, preset, t, files=files)
    team = a_team(shops=frozenset(ShopKey("jd", f"{n}" + "s" * 80) for n in range(300)))
    yield "outage by command", outage.outage_modal(team, t, NOON, {f"jd:{n}" + "s" * 80: NASTY for n in range(300)})
    yield "outage filed", outage.filed_view(FILED, t)
    yield "outage's end", outage.end_modal(FILED, t, RAISED)
    yield "outage over", outage.ended_view(OVER, t)
    yield "outage over, unsent", outage.ended_view(replace(OVER, sent_to=()), t)
    costs = tuple(penalty(kind, amount=10**12, text=NASTY_LONG, track=NASTY_LONG) for kind in PenaltyKind)
    late = seen(number=NASTY_LONG[:100])
    yield "reckoning", reckoning_modal([Reckoned(late, costs[:5], Estimate(10**12, 7))] * 60, t, RAISED)
    yield "reckoning of nothing", reckoning_modal([], t, RAISED)
    yield "whole text, long", consumer.whole_text(nasty(content=NASTY * 300), t)
    for it in (nasty(claimed(), asked(NASTY_LONG)), seen(claimed(), asked())):
        yield "decline", approval.decline_modal(it, requests(it.order)[0], t)
        yield "send alone", approval.send_alone_modal(it, requests(it.order)[0], t)
    yield "loading", loading.loading(t)
    yield "error", error.error_modal("deadbeef", t)


PRESET = Preset(
    "x" * 100,
    {"en": NASTY, "zh-CN": NASTY},
    NASTY.replace("{", "") * 20 + "{tracking_no}{promised_at}{odd}",
    ("description", "attachment", "promised_at", "tracking_no", "amount", "odd" * 30),
)
NOTE_FACTS: Mapping[str, Mapping[str, Any]] = {
    code: {
        "by": ANA if code not in ("answered_elsewhere", "closed") else NASTY_LONG,
        "to": BEN,
        "from": LEAD,
        "at": "2026-11-23T01:00:00Z",
        "due": NOON,
        "was": LATE,
        "text": NASTY_LONG,
        "author": BEN,
        "reason": NASTY_LONG,
        "why": NASTY_LONG,
        "version": NASTY,
        "reply_id": "r1",
        "changed": [*note.FIELDS, NASTY_LONG],
        "count": 3,
        "who": BEN,
        "since": "2026-11-23T01:00:00Z",
        "ends": LATE,
        "mention": [ANA],
        "file": NASTY_LONG,
        "what": {"zh-CN": NASTY_LONG, "en": NASTY_LONG},
        "promise": NASTY_LONG,
        "owner": BEN,
        "link": LINK,
        "tracking_no": NASTY,
        **({"why": "voided"} if code == "promise_dropped" else {}),
    }
    for code in note.NOTES
}
FILED = FiledOutage(
    "abc",
    OutageReport(OutageKind.POWER, RAISED, None, NASTY_LONG[:1000]),
    "flagship",
    ANA,
    NASTY,
    RAISED,
    tuple(f"jd:{n}" + "s" * 90 for n in range(300)),
    tuple(f"{n}-" + "n" * 90 for n in range(500)),
    ("U0JDOPS", "webhook:jd"),
)
OVER = replace(FILED, ends=(End(RAISED + timedelta(hours=1), ANA, NASTY, RAISED + timedelta(hours=2)),))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_slack_takes_every_message(language: str) -> None:
    found = {}
    for name, message in messages(language):
        if wrong := faults(message.text, message.blocks):
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_slack_takes_every_modal(language: str) -> None:
    found = {}
    for name, view in modals(language):
        if wrong := view_faults(view):
            found[name] = wrong
    assert found == {}


CALLS = r"<!(channel|here|everyone)|<@U1>|<https://evil|<tel:"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_from_outside_acts(language: str) -> None:
    """No call to everybody, no foreign mention or link, wherever Slack reads markup."""
    acting = {}
    for name, message in messages(language):
        texts = [message.text, *mrkdwn(message.blocks)]
        if wrong := [text for text in texts if re.search(CALLS, text)]:
            acting[name] = wrong
    for name, view in modals(language):
        if wrong := [text for text in mrkdwn(view) if re.search(CALLS, text)]:
            acting[name] = wrong
    assert acting == {}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_lock_screen_gets_one_line_without_tokens(language: str) -> None:
    for name, message in messages(language):
        assert "\n" not in message.text, name
        assert "<!date" not in message.text, name
        assert len(message.text) <= 1500, name


def test_all_of_it_is_plain_json() -> None:
    for language in ("zh-CN", "en"):
        for _, message in messages(language):
            json.dumps([dict(block) for block in message.blocks]).encode()
        for _, view in modals(language):
            json.dumps(view).encode()


def test_nobody_is_called_unless_the_caller_says_so() -> None:
    for log, now in LOGS.values():
        shown = card(seen(*log, now=now, people={"U0": "x"}), LANGUAGES["en"], now=now)
        assert "<@" not in json.dumps([shown.text, *shown.blocks])


def test_marks_differ() -> None:
    marks = [
        *headline.MARKS.values(),
        headline.CRC_MARK,
        headline.URGED_MARK,
        headline.REJECTED_MARK,
        headline.OUTAGE_MARK,
    ]
    assert len(set(marks)) == len(marks)
