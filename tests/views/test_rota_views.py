"""What people read of the rota: Slack refuses none of it, both languages, the nastiest names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from coopbot.domain.promise import Promise
from coopbot.domain.quiet import Quiet
from coopbot.domain.roster import Span, Standin
from coopbot.domain.rota import Duty
from coopbot.domain.windows import Window
from coopbot.errors import Refusal
from coopbot.ports import Message, Named, Translate
from coopbot.services.drill import Drill
from coopbot.services.handover import Handover
from coopbot.services.oncall import OnCall
from coopbot.services.promise_book import Owed
from coopbot.services.quiet import Form
from coopbot.services.swaps import Swap
from coopbot.views import drill, handover, ids, moved, oncall, quiet, reminder, rota_forms, snooze, swap
from tests.support.block_kit import faults, view_faults
from tests.support.world import ANA, BEN, LEAD, a_team, shanghai
from tests.views.orders import LANGUAGES, NASTY, nasty, seen

NOON = shanghai("2026-11-23 12:00")
EVENING = shanghai("2026-11-23 19:00")
NAMES = {ANA: NASTY, BEN: "王芳"}
TEAM = a_team(name=NASTY[:60])
SWAP = Swap("ab12", "flagship", ANA, BEN, NOON, EVENING, NASTY[:200], NOON)
DRILL = Drill("cd34", "flagship", LEAD, (ANA, BEN), NOON, "claimed", ANA, NOON + timedelta(minutes=3))
PROMISE = Promise("r1", {"zh-CN": NASTY, "en": NASTY}, NASTY, ANA, NOON, EVENING)
MINE = Span(NOON, EVENING, Duty((ANA,), (BEN,)))

QUIET = Quiet(time(22), time(8), frozenset({0, 6}), TEAM.hours.zone)
SHIFTS = [Span(NOON + timedelta(hours=n), EVENING + timedelta(hours=n), MINE.duty) for n in range(60)]


def rota(*mine: Span, who: tuple[str, ...] = (ANA,)) -> OnCall:
    duty = Duty(who, (BEN,) if who else (), EVENING)
    return OnCall(TEAM, ANA, duty, (EVENING, Duty((BEN,))), mine, [Window(NOON, EVENING)] * 5, NAMES)


def messages(t: Translate) -> Iterator[Message]:
    for shown in (rota(), rota(MINE, who=()), rota(*[MINE] * 30)):
        yield oncall.oncall(shown, t, NOON)
        yield oncall.mine(shown, t, NOON)
    yield oncall.stats(TEAM, [Named(f"U{n}", 99, 9) for n in range(50)] + [Named("!channel", 1, 0)], NAMES, t)
    yield oncall.stats(TEAM, [], NAMES, t)
    for news in swap.NEWS:
        yield swap.swap(SWAP, news, t, NOON, TEAM.hours.zone, NAMES)
    for state in swap.TAKEN:
        yield swap.settled(SWAP, state, t, NOON, TEAM.hours.zone, NAMES)
    for news in ("asked", *drill.ENDED):
        yield drill.drill(DRILL, news, t, NOON, TEAM.hours.zone, NAMES)
    yield drill.started(DRILL, t, NAMES)
    yield moved.moved(NASTY, NASTY, t)
    for n in (1, 40):
        orders, promises = (nasty(now=NOON),) * n, (Owed(seen(now=NOON), PROMISE),) * n
        yield handover.handover(Handover(TEAM, (ANA,), (BEN,), orders, promises), t, NOON)
        yield handover.handover(Handover(TEAM, (ANA,), (), orders, ()), t, NOON)


def kept_back(t: Translate) -> Iterator[Message]:
    for n in (1, 30):
        items = [reminder.ReminderItem(nasty(now=NOON), "late")] * n
        yield quiet.after_quiet(reminder.reminder(items, t, NOON), t)
    for hours in (QUIET, None):
        yield quiet.saved(hours, t)


def forms(t: Translate) -> Iterator[Mapping[str, Any]]:
    yield rota_forms.rota_modal(TEAM, ANA, t, NOON)
    yield rota_forms.swap_modal(TEAM, SHIFTS, t, NOON)
    yield rota_forms.swap_modal(TEAM, [], t, NOON)
    for hours in (QUIET, None):
        yield quiet.quiet_modal(Form(hours, TEAM.hours.zone, "en"), t)
        yield quiet.saved_modal(hours, t)
    for latest in (NOON + timedelta(minutes=10), EVENING):
        yield snooze.snooze_modal(nasty(now=NOON), latest, t)
    for kind, instead in (("leave", ""), ("override", ""), ("override", BEN)):
        standin = Standin("k", kind, ANA, NOON, EVENING, instead)  # type: ignore[arg-type]
        yield rota_forms.saved(TEAM, standin, t, NOON)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_slack_takes_every_message_and_form(language: str) -> None:
    t = LANGUAGES[language]
    assert [fault for message in [*messages(t), *kept_back(t)] for fault in faults(message.text, message.blocks)] == []
    assert [fault for form in forms(t) for fault in view_faults(form)] == []


def test_a_drill_is_marked_in_its_first_word_and_calls_the_on_call() -> None:
    text = drill.drill(DRILL, "asked", LANGUAGES["en"], NOON, TEAM.hours.zone, {}).text
    assert text.startswith("DRILL, no order")
    assert f"<@{ANA}>" in text


def test_what_the_lock_screen_says_of_the_rota() -> None:
    assert oncall.oncall(rota(), LANGUAGES["zh-CN"], NOON).text.startswith("现在值班：")
    assert oncall.oncall(rota(who=()), LANGUAGES["en"], NOON).text == "Nobody is on call now."


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        (NOON, "你正在值班，至 19:00。", "You are on call until 19:00."),
        (shanghai("2026-11-23 11:00"), "你值班：12:00 至 19:00。", "You are on call 12:00 to 19:00."),
        (shanghai("2026-11-22 11:00"), "你值班：明天 12:00 至 19:00。", "You are on call tomorrow 12:00 to 19:00."),
    ],
)
def test_ones_own_shift_says_no_more_than_it_has_to(at: datetime, zh: str, en: str) -> None:
    assert oncall.mine(rota(MINE), LANGUAGES["zh-CN"], at).text == zh
    assert oncall.mine(rota(MINE), LANGUAGES["en"], at).text == en


def filled(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        ids.ROTA_WHO: {"selected_user": BEN},
        ids.ROTA_KIND: {"selected_option": {"value": "override"}},
        ids.ROTA_INSTEAD: {"selected_user": ANA},
        ids.ROTA_FROM: {"selected_date_time": int(NOON.timestamp())},
        ids.ROTA_UNTIL: {"selected_date_time": int(EVENING.timestamp())},
        ids.SWAP_SHIFT: {"selected_option": {"value": f"{NOON.isoformat()}/{EVENING.isoformat()}"}},
        ids.SWAP_WITH: {"selected_user": BEN},
        ids.ROTA_WHY: {"value": "dentist"},
        **changes,
    }
    return {block: {block: value} for block, value in values.items()}


def test_a_form_is_read_back() -> None:
    assert rota_forms.read_rota(filled(), "k") == Standin("k", "override", BEN, NOON, EVENING, ANA, "", "dentist")
    away = filled(**{ids.ROTA_KIND: {"selected_option": {"value": "leave"}}})
    assert rota_forms.read_rota(away, "k") == Standin("k", "leave", BEN, NOON, EVENING, "", "", "dentist")
    asked = rota_forms.read_swap(filled())
    assert (asked.to, asked.start, asked.end, asked.why) == (BEN, NOON, EVENING, "dentist")


def test_what_is_missing_is_named_at_its_field() -> None:
    with pytest.raises(Refusal) as why:
        rota_forms.read_rota(filled(**{ids.ROTA_UNTIL: {}}), "k")
    assert why.value.facts["block"] == ids.ROTA_UNTIL
    with pytest.raises(Refusal) as why:
        rota_forms.read_swap(filled(**{ids.SWAP_SHIFT: {}}))
    assert why.value.facts["block"] == ids.SWAP_SHIFT


def state(**values: Any) -> dict[str, Any]:
    return {block: {block: value} for block, value in values.items()}


def test_quiet_hours_are_read_back() -> None:
    days = {"selected_options": [{"value": "0"}, {"value": "6"}]}
    given = {ids.QUIET_FROM: {"selected_time": "22:00"}, ids.QUIET_UNTIL: {"selected_time": "08:00"}}
    zone = {ids.QUIET_ZONE: {"value": " Asia/Shanghai "}}
    assert quiet.read_quiet(state(**given, **zone, **{ids.QUIET_DAYS: days})) == QUIET
    assert quiet.read_quiet(state(**given, **zone)) is None
    with pytest.raises(Refusal, match="quiet_zone"):
        quiet.read_quiet(state(**given, **{ids.QUIET_ZONE: {"value": "Beijing time"}}))
    with pytest.raises(Refusal, match="missing_field"):
        quiet.read_quiet(state(**zone))
    assert "Mon, Sun, 22:00 to 08:00 (Asia/Shanghai)" in quiet.saved(QUIET, LANGUAGES["en"]).text
    assert "周一、周日 22:00 至 08:00" in quiet.saved(QUIET, LANGUAGES["zh-CN"]).text


def test_a_snooze_is_read_back() -> None:
    picked = {ids.SNOOZE_AT: {"selected_date_time": int(EVENING.timestamp())}}
    half = {ids.SNOOZE_FOR: {"selected_option": {"value": "30"}}}
    own = {ids.SNOOZE_FOR: {"selected_option": {"value": snooze.AT}}}
    assert snooze.read_snooze(state(**half, **picked), NOON) == NOON + timedelta(minutes=30)
    assert snooze.read_snooze(state(**own, **picked), NOON) == EVENING
    with pytest.raises(Refusal, match="missing_field"):
        snooze.read_snooze(state(**own), NOON)
