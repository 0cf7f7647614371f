"""Plays of an outage, on both databases: reported, asked after, over, decided; and what of it people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Post, Tell
from coopbot.domain.deadline import DeadlineKind
from coopbot.domain.intent import Owed, What
from coopbot.domain.ledger import PenaltyState
from coopbot.domain.outage import Decision, OutageKind, OutageReport
from coopbot.domain.team import Connection, Desk, OperationsManager
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.services import appeal_kit, deadlines, outage_decision, outage_end, outages
from coopbot.store import OpenStore
from coopbot.views import outage as outage_view
from coopbot.views.language import Catalogues
from tests.support.block_kit import texts
from tests.support.money import desk_with, exposure_of, issued, told
from tests.support.office import Office, raising
from tests.support.world import ANA, BEN, BOSS, LEAD, OUTSIDER, a_desk, shanghai

LANGUAGES = Catalogues(strict=True)
MANAGER = OperationsManager(slack="U0JDOPS", webhook=True)
A1, A2, A3 = (OrderKey("jd", number) for number in ("A-1", "A-2", "A-3"))


def with_manager(desk: Desk) -> Desk:
    return replace(desk, connections={"jd": Connection("jd", confirms=True, operations_manager=MANAGER)})


@pytest.fixture
def office(store: OpenStore) -> Office:
    return Office(store, with_manager(a_desk()))


async def raise_order(office: Office, number: str) -> None:
    await office.take(raising(office.now, work_order_no=number, id=f"raise-{number}"))


async def report(office: Office, since: str, until: str = "") -> Any:
    said = OutageReport(OutageKind.POWER, shanghai(since), shanghai(until) if until else None)
    filed, _ = await office.store.run(outages.report, office.now, office.desk, ANA, "C0FLAG", said, "V1")
    return filed


async def over(office: Office, at: str, user: str = ANA) -> Any:
    ended, _ = await office.store.run(outage_end.end, office.now, office.desk, user, "V1", shanghai(at))
    return ended


async def decide(office: Office, decision: Decision) -> None:
    await office.store.run(outage_decision.decide, office.now, office.desk, LEAD, "V1", decision)


async def remind(office: Office, at: str) -> list[tuple[str, str]]:
    office.now = shanghai(at)
    await office.store.run(deadlines.remind, office.now, office.desk)
    return await told(office)


async def read(office: Office, owed: Sequence[Owed], to: str) -> str:
    """What ``to`` reads of what is owed."""
    said = []
    for each in owed:
        if each.intent.target == to and each.intent.what in (What.MONEY, What.OUTAGE):
            made = await office.store.read(render, office.now, office.desk, LANGUAGES, each)
            assert isinstance(made, Post)
            said += list(texts(made.message.blocks))
    return "\n".join(said)


async def states(office: Office, key: OrderKey) -> list[PenaltyState]:
    return [entry.state for entry in await office.ledger(key)]


async def lasting(office: Office, user: str) -> list[str]:
    found = await office.store.read(outage_end.lasting, office.desk, user)
    return [each.data["outage"] for each in found]


async def test_its_author_is_asked_once_when_the_expected_end_has_passed(office: Office) -> None:
    await raise_order(office, "A-1")
    await report(office, "2026-11-23 09:30", until="2026-11-23 11:00")
    owed = await office.sends()
    assert "预计恢复：2026-11-23 11:00" in await read(office, owed, "U0JDOPS")
    assert "恢复后请在此登记" in await read(office, owed, ANA)
    assert "已报备异常，预计" in await exposure_of(office, BOSS)
    assert await remind(office, "2026-11-23 10:59") == []
    asked = [("outage_end_due", user) for user in (BOSS, LEAD, ANA)]
    assert await remind(office, "2026-11-23 11:00") == asked
    assert await remind(office, "2026-11-23 18:00") == []
    assert await lasting(office, ANA) == await lasting(office, LEAD) == ["V1"]
    assert await lasting(office, BEN) == []


async def test_where_no_end_was_expected_we_ask_half_a_day_later(office: Office) -> None:
    await raise_order(office, "A-1")
    await report(office, "2026-11-23 09:30")
    await office.sends()
    assert [code for code, _ in await remind(office, "2026-11-23 22:00")] == []  # at night nobody is asked
    assert [code for code, _ in await remind(office, "2026-11-24 08:59")] == []
    assert [code for code, _ in await remind(office, "2026-11-24 09:00")] == ["outage_end_due"] * 3
    assert "已报备异常，尚未登记恢复时间" in await exposure_of(office, BOSS)


async def test_its_end_is_recorded_and_told_to_all_who_were_told(office: Office) -> None:
    await raise_order(office, "A-1")
    await report(office, "2026-11-23 09:30", until="2026-11-23 11:00")
    await office.sends()
    office.now = shanghai("2026-11-23 10:30")
    await raise_order(office, "A-2")
    office.now = shanghai("2026-11-23 12:00")
    ended = await over(office, "2026-11-23 11:40")
    assert (ended.over_at, ended.orders) == (shanghai("2026-11-23 11:40"), ("A-1", "A-2"))
    owed = await office.sends()
    to_manager = await read(office, owed, "U0JDOPS")
    assert to_manager.startswith("异常已恢复：停电")
    assert "恢复时间：2026-11-23 11:40" in to_manager
    assert "A-1、A-2" in to_manager
    for user in (ANA, LEAD, BOSS):
        assert "涉及 2 单" in await read(office, owed, user)
    (hook,) = [each for each in owed if each.intent.what is What.OUTAGE and each.intent.target == "jd"]
    made = await office.store.read(render, office.now, office.desk, LANGUAGES, hook)
    assert isinstance(made, Tell)
    assert made.payload["ends"][0]["by"] == ANA
    assert await lasting(office, LEAD) == []
    assert await remind(office, "2026-11-23 23:00") == []


async def test_its_end_is_told_also_while_the_report_has_not_left_yet(office: Office) -> None:
    await report(office, "2026-11-23 09:30")
    office.now = shanghai("2026-11-23 12:00")
    await over(office, "2026-11-23 11:40")
    said = await read(office, await office.sends(), "U0JDOPS")
    assert said.index("异常报备：停电") < said.index("异常已恢复：停电")


async def test_a_later_word_on_its_end_replaces_the_earlier_one_and_both_are_kept(office: Office) -> None:
    await raise_order(office, "A-1")
    await report(office, "2026-11-23 09:30")
    office.now = shanghai("2026-11-23 13:00")
    await over(office, "2026-11-23 11:40")
    await over(office, "2026-11-23 11:40")
    ended = await over(office, "2026-11-23 12:30", LEAD)
    assert [(end.at, end.by) for end in ended.ends] == [
        (shanghai("2026-11-23 11:40"), ANA),
        (shanghai("2026-11-23 12:30"), LEAD),
    ]
    assert ended.over_at == shanghai("2026-11-23 12:30")


@pytest.mark.parametrize(
    ("user", "at", "why"),
    [
        (BEN, "2026-11-23 11:00", "only_leads"),
        (OUTSIDER, "2026-11-23 11:00", "not_a_member"),
        (ANA, "2026-11-23 09:30", "until_before_since"),
        (ANA, "2026-11-23 12:02", "end_in_future"),
    ],
)
async def test_what_is_no_end_is_refused(office: Office, user: str, at: str, why: str) -> None:
    await report(office, "2026-11-23 09:30")
    office.now = shanghai("2026-11-23 12:00")
    with pytest.raises(Refusal, match=why):
        await over(office, at, user)


async def test_one_that_was_over_when_it_was_reported_is_not_asked_after(office: Office) -> None:
    office.now = shanghai("2026-11-23 12:00")
    filed = await report(office, "2026-11-23 09:30", until="2026-11-23 11:00")
    assert filed.over_at == shanghai("2026-11-23 11:00")
    assert await lasting(office, ANA) == []
    assert "outage_yours" not in [code for code, _ in await told(office)]


async def test_what_falls_due_after_its_end_is_not_covered(office: Office) -> None:
    await raise_order(office, "A-1")
    office.now = shanghai("2026-11-23 11:00")
    await report(office, "2026-11-23 10:30")
    await decide(office, Decision.GRANTED)
    office.now = shanghai("2026-11-23 12:00")
    await raise_order(office, "A-2")
    office.now = shanghai("2026-11-23 15:00")
    await over(office, "2026-11-23 14:30")
    office.now = shanghai("2026-11-23 16:30")
    await office.sweep()
    assert await states(office, A1) == [PenaltyState.PREDICTED, PenaltyState.WAIVED]  # due 14:00
    assert await states(office, A2) == [PenaltyState.PREDICTED]  # due 16:00
    log = {entry.kind.value for entry in (await office.order(A2)).log}
    assert "outage_reported" in log  # came while it lasted


async def test_one_that_lasts_longer_than_was_granted_covers_what_fell_due_meanwhile(office: Office) -> None:
    await raise_order(office, "A-1")
    await report(office, "2026-11-23 09:30", until="2026-11-23 13:00")
    await decide(office, Decision.GRANTED)
    office.now = shanghai("2026-11-23 14:30")
    await office.sweep()
    assert await states(office, A1) == [PenaltyState.PREDICTED]  # due 14:00, after the expected end
    await over(office, "2026-11-23 14:20")
    assert await states(office, A1) == [PenaltyState.PREDICTED, PenaltyState.WAIVED]


async def test_more_time_is_counted_up_to_the_real_end(store: OpenStore) -> None:
    office = Office(store, with_manager(desk_with(lambda penalties: penalties.update(outage_effect="extend"))))
    await raise_order(office, "A-17")
    await report(office, "2026-11-23 11:00", until="2026-11-23 12:00")
    await decide(office, Decision.GRANTED)
    assert (await office.sees()).due.at == shanghai("2026-11-23 15:00")
    office.now = shanghai("2026-11-23 13:30")
    await over(office, "2026-11-23 13:00")
    assert (await office.sees()).due.at == shanghai("2026-11-23 16:00")
    office.now = shanghai("2026-11-23 13:40")
    await over(office, "2026-11-23 11:30")
    assert (await office.sees()).due.at == shanghai("2026-11-23 16:00")  # what was given is not taken back


async def test_a_refused_one_is_not_asked_after(office: Office) -> None:
    await report(office, "2026-11-23 09:30", until="2026-11-23 11:00")
    await decide(office, Decision.REFUSED)
    await office.sends()
    assert await remind(office, "2026-11-23 11:00") == []


async def test_filed_and_granted_after_the_breach_all_read_of_it(office: Office) -> None:
    await raise_order(office, "A-1")
    office.now = shanghai("2026-11-23 14:10")
    await office.sweep()
    await office.sends()
    await report(office, "2026-11-23 13:00")
    owed = await office.sends()
    assert "异常报备：停电" in await read(office, owed, "U0JDOPS")
    assert "A-1" in await read(office, owed, "U0JDOPS")
    office.later(hours=2)
    await over(office, "2026-11-23 15:00")
    await decide(office, Decision.GRANTED)
    owed = await office.sends()
    assert "异常报备获准" in await read(office, owed, LEAD)
    assert await states(office, A1) == [PenaltyState.PREDICTED, PenaltyState.WAIVED]
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-1"))
    kit = await office.store.read(appeal_kit.build, office.now, office.desk, LEAD, "penalty:jd:P-1")
    (kept,) = [record["data"] for record in kit["records"] if record["kind"] == "outage"]
    assert (kept["decision"], kept["decided_by"]) == ("granted", LEAD)
    assert [datetime.fromisoformat(end["at"]) for end in kept["ends"]] == [shanghai("2026-11-23 15:00")]


async def test_the_window_for_filing_is_a_deadline_with_reminders(store: OpenStore) -> None:
    office = Office(store, desk_with(lambda penalties: penalties.update(outage_within="48h")))
    await raise_order(office, "A-1")
    office.now = shanghai("2026-11-23 14:01")
    await office.sweep()
    await office.sends()
    assert await remind(office, "2026-11-24 13:59") == []
    assert await remind(office, "2026-11-24 14:00") == [("outage_window_due", BOSS), ("outage_window_due", LEAD)]
    assert await remind(office, "2026-11-25 12:00") == [("outage_window_due", BOSS), ("outage_window_due", LEAD)]
    assert await remind(office, "2026-11-25 14:00") == []


async def test_a_channel_shared_with_the_operations_manager_is_told_like_a_person(store: OpenStore) -> None:
    manager = OperationsManager(slack="C0SHARED", text=False)
    desk = replace(a_desk(), connections={"jd": Connection("jd", confirms=True, operations_manager=manager)})
    office = Office(store, desk)
    await raise_order(office, "A-1")
    filed = await report(office, "2026-11-23 09:30")
    assert filed.sent_to == ("C0SHARED",)
    assert "异常报备：停电" in await read(office, await office.sends(), "C0SHARED")
    told = "\n".join(texts(outage_view.filed_view(filed, LANGUAGES["zh-CN"], paste=False)["blocks"]))
    assert "<#C0SHARED>" in told
    assert "<@C0" not in told
    assert "待处理协同工单" not in told, "they have it already"
    unsent = outage_view.filed_view(replace(filed, sent_to=()), LANGUAGES["zh-CN"], paste=False)
    assert "待处理协同工单" in "\n".join(texts(unsent["blocks"])), "nobody was told: it has to be pasted"


async def test_a_grant_spares_what_was_predicted_and_names_what_was_issued_before(office: Office) -> None:
    for number in ("A-1", "A-2"):
        await raise_order(office, number)
    office.now = shanghai("2026-11-23 14:10")
    await office.sweep()
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-1"))
    await office.sends()
    await report(office, "2026-11-23 13:00")
    filed = await read(office, await office.sends(), BOSS)
    assert "停电" in filed
    assert "13:00" in filed
    await decide(office, Decision.GRANTED)
    said = await read(office, await office.sends(), BOSS)
    assert "1 单免罚" in said
    assert "此前已下达、尚未撤销：P-1。请凭此结果申诉" in said


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_form_for_its_end_starts_now_and_is_read_back(office: Office, language: str) -> None:
    filed = await report(office, "2026-11-23 09:30")
    view = outage_view.end_modal(filed, LANGUAGES[language], office.now)
    (element,) = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    values = {"outage_ended": {"outage_ended": {"selected_date_time": element["initial_date_time"]}}}
    assert outage_view.read_end(values) == office.now
    assert view["private_metadata"] == "V1"
    with pytest.raises(Refusal, match="missing_field"):
        outage_view.read_end({})


async def test_home_shows_the_ones_that_last(office: Office) -> None:
    await report(office, "2026-11-23 09:30")
    found = await office.store.read(outage_end.lasting, office.desk, LEAD)
    (block,) = outage_view.lasting(found, LANGUAGES["en"], office.now)
    assert "not over yet" in block["text"]["text"]
    assert block["accessory"]["value"] == "V1"
    assert found[0].kind is DeadlineKind.OUTAGE_END
