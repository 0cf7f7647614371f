"""Two-person approval, on both databases: nothing leaves without a second person, and nothing is stuck without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from coopbot.clock import wall
from coopbot.domain import approval
from coopbot.domain.approval import Standing
from coopbot.domain.approval_rules import Case, OwnApproval
from coopbot.domain.files import HandedIn
from coopbot.domain.intent import Lane, What
from coopbot.domain.lifecycle import State
from coopbot.domain.links import Links, keys_from
from coopbot.domain.roster import Standin
from coopbot.domain.rota import Shift
from coopbot.domain.work_order import Kind, ReplyState
from coopbot.errors import Refusal
from coopbot.services import answering, asking, drafts, group_steps, outcomes, rota, status, together, trail, verdicts
from coopbot.services.answering import Draft
from coopbot.views.read_side import item
from tests.support.databases import a_store
from tests.support.ladders import rungs
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, BOSS, LEAD, OUTSIDER, a_desk, a_team, shanghai

TEXT = "今天 18:00 前发出"
CRC = OwnApproval(when=(Case(classes=("crc",)),))
MINUTES = timedelta(minutes=1)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with a_store(database_url) as store:
        office = Office(store, a_desk(a_team(approval=CRC)))
        await office.take(raising(office.now))
        yield office


async def asks(office: Office, text: str = TEXT, user: str = ANA, id: str = "r1", view: str = "V1") -> None:
    await office.store.run(answering.answer, office.now, office.desk, user, A17, Draft(text, view=view), id, wall())


async def does(office: Office, verdict: Any, user: str, *more: str, id: str = "r1") -> Any:
    return await office.store.run(verdict, office.now, office.desk, user, A17, id, *more)


async def request(office: Office) -> approval.Request:
    return approval.requests(await office.order())[-1]


async def news(office: Office) -> list[tuple[str, list[str]]]:
    """Requests and notes that leave now: why, and whom they call."""
    found = []
    for owed in await office.sends():
        args = owed.intent.args
        if owed.intent.what is What.APPROVAL:
            found.append((args["news"], args["called"]))
        elif owed.intent.what is What.NOTE:
            found.append((args["code"], args["mention"]))
    return found


async def replies(office: Office) -> int:
    return [each.intent.what for each in await office.sends()].count(What.REPLY)


async def test_an_answer_waits_and_is_no_reply_until_somebody_else_approves_it(office: Office) -> None:
    await asks(office)
    seen = await office.sees()
    assert (seen.state, seen.order.replies, seen.order.claim and seen.order.claim.by) == (State.CLAIMED, (), ANA)
    assert (item(seen)["state"], item(seen)["replies"]) == ("claimed", [])
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT
    assert await news(office) == [("asked", [LEAD])]

    office.later(minutes=2)
    await does(office, verdicts.approve, LEAD)
    reply = (await office.sees()).order.standing_reply
    assert reply is not None
    assert (reply.text, reply.by, reply.at, reply.grace_s) == (TEXT, ANA, office.now, 0)
    assert await office.store.read(drafts.read, office.now, ANA, A17) == ""
    assert await replies(office) == 1
    await asks(office)
    assert await replies(office) == 0


async def test_its_author_and_those_who_may_not_are_refused(office: Office) -> None:
    await asks(office)
    for user, code in ((ANA, "own_answer"), (BEN, "only_approvers"), (OUTSIDER, "only_approvers")):
        with pytest.raises(Refusal, match=code):
            await does(office, verdicts.approve, user)
    await office.store.run(answering.take_over, office.now, office.desk, LEAD, A17)
    await asks(office, user=LEAD, id="r2", view="V2")
    with pytest.raises(Refusal, match="own_answer"):
        await does(office, verdicts.approve, LEAD, id="r2")
    await does(office, verdicts.approve, BOSS, id="r2")
    assert await replies(office) == 1


async def test_its_file_waits_with_it_and_goes_along(office: Office) -> None:
    office.desk = replace(office.desk, links=Links("https://coopbot.example", keys_from(["secret"])))
    proof = {"code": "proof", "label": "已核实,凭证见附件", "requires": ["attachment"]}
    await office.take(raising(office.now, version=2, presets=[proof]))
    draft = Draft("已核实,凭证见附件", "proof", view="V1", files=(HandedIn("F1", "a.jpg", 5),))
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1", wall())
    assert [owed for owed in await office.sends() if owed.intent.what in (What.FETCH, What.REPLY)] == []
    await does(office, verdicts.approve, LEAD)
    assert [reply.files for reply in (await office.order()).replies] == [draft.files]
    owed = [each.intent.what for each in await office.sends()]
    assert owed.index(What.FETCH) < owed.index(What.REPLY)


async def test_two_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    await asks(office)
    done = await asyncio.gather(
        does(office, verdicts.approve, LEAD), does(office, verdicts.approve, BOSS), return_exceptions=True
    )
    (lost,) = [each for each in done if isinstance(each, Refusal)]
    won = await request(office)
    assert (lost.code, lost.facts["by"], won.standing) == ("approval_approved", won.settled_by, Standing.APPROVED)
    assert await replies(office) == 1


async def test_a_decline_gives_the_text_back_with_the_reason_and_the_next_one_may_go(office: Office) -> None:
    await asks(office)
    await office.sends()
    with pytest.raises(Refusal, match="why_missing"):
        await does(office, verdicts.decline, LEAD, "  ", "V9")
    await does(office, verdicts.decline, LEAD, "没有单号", "V9")
    assert await news(office) == [("approval_declined", [ANA])]
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT
    with pytest.raises(Refusal, match="approval_declined"):
        await does(office, verdicts.approve, BOSS)
    await asks(office)  # delivered again
    assert (await request(office)).standing is Standing.DECLINED
    assert await news(office) == []
    await asks(office, TEXT + "，单号 SF1", id="r2", view="V2")
    await does(office, verdicts.approve, LEAD, id="r2")
    assert [reply.text for reply in (await office.order()).replies] == [TEXT + "，单号 SF1"]


async def test_what_was_begun_since_is_not_overwritten_by_what_comes_back(office: Office) -> None:
    await asks(office)
    run, better = office.store.run, TEXT + "，单号 SF1"
    await run(drafts.typed, office.now, office.desk, ANA, A17, "今天", "V1")  # from the modal that was sent: too late
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT
    await run(drafts.typed, office.now, office.desk, ANA, A17, better, "V2")
    await does(office, verdicts.decline, LEAD, "没有单号", "V9")
    assert await office.store.read(drafts.read, office.now, ANA, A17) == better


async def test_a_message_that_arrives_after_the_verdict_loses_its_buttons_too(office: Office) -> None:
    await office.sends()
    await asks(office)
    under_way = await office.claims(Lane.CHAT)
    (owed,) = [each for each in under_way if each.intent.what is What.APPROVAL]
    for each in under_way:
        if each is not owed:
            await office.store.run(lambda tx, each=each: tx.outbox.sent(each, wall()))
    await does(office, verdicts.withdraw, ANA)
    await office.store.run(outcomes.request_posted, office.now, owed, wall(), "C0FLAG", "9.9")
    edits = [each.intent.args for each in await office.sends() if each.intent.what is What.REDRAW]
    assert {"approval": {"id": "r1", "channel": "C0FLAG", "ts": "9.9"}} in edits


async def test_another_text_replaces_the_one_that_waits(office: Office) -> None:
    await asks(office)
    await asks(office, TEXT + "，单号 SF1", id="r2")
    with pytest.raises(Refusal, match="approval_withdrawn"):
        await does(office, verdicts.approve, LEAD)
    assert (await request(office)).id == "r2"
    await does(office, verdicts.approve, LEAD, id="r2")
    assert await replies(office) == 1


async def test_its_author_takes_it_back_nobody_else(office: Office) -> None:
    await asks(office)
    with pytest.raises(Refusal, match="not_your_answer"):
        await does(office, verdicts.withdraw, BEN)
    await does(office, verdicts.withdraw, ANA)
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT
    with pytest.raises(Refusal, match="approval_withdrawn"):
        await does(office, verdicts.approve, LEAD)
    assert await replies(office) == 0


@pytest.mark.parametrize("kind", ["answered_elsewhere", "closed", "voided", "timed_out"])
async def test_the_end_of_the_order_ends_the_request_and_its_author_has_the_text(office: Office, kind: str) -> None:
    await asks(office)
    await office.sends()
    await office.take(event(f"work_order.{kind}", office.now))
    asked = await request(office)
    assert (asked.standing, asked.settled_by) == (Standing.WITHDRAWN, "coopbot")
    notes = [each.intent.args for each in await office.sends() if each.intent.what is What.NOTE]
    assert [(each["code"], each["mention"], each["facts"]["text"]) for each in notes] == [(kind, [ANA], TEXT)]
    with pytest.raises(Refusal, match=f"order_{kind}"):
        await does(office, verdicts.approve, LEAD)
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT


@pytest.mark.parametrize("how", ["release", "hand_over", "take_over"])
async def test_who_has_the_order_no_more_has_no_answer_waiting(office: Office, how: str) -> None:
    await asks(office)
    await office.sends()
    who, more = (LEAD, ()) if how == "take_over" else (ANA, (BEN,) if how == "hand_over" else ())
    await office.store.run(getattr(answering, how), office.now, office.desk, who, A17, *more)
    assert ("approval_withdrawn", [ANA] if who == LEAD else []) in await news(office)
    with pytest.raises(Refusal, match="approval_withdrawn"):
        await does(office, verdicts.approve, BOSS)
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT


async def test_the_next_in_line_then_both_then_its_author_may_send_it_each_once(office: Office) -> None:
    await asks(office)
    assert await news(office) == [("asked", [LEAD])]
    said = []
    for _ in range(20):
        office.later(minutes=1)
        await office.sweep()
        said += [(name, called) for name, called in await news(office) if name in ("next", "again", "end")]
    assert said == [("next", [BOSS]), ("again", [LEAD, BOSS]), ("end", [LEAD, BOSS])]
    await does(office, verdicts.send_alone, ANA, "没有人在", "V9")
    assert await replies(office) == 1


async def test_the_looks_are_planned_so_that_nothing_has_to_ask(office: Office) -> None:
    await asks(office)
    assert await office.store.read(lambda tx: tx.orders.next_look()) == office.now + 5 * MINUTES


async def test_after_a_gap_only_the_last_step_speaks(office: Office) -> None:
    await asks(office)
    await office.sends()
    office.later(minutes=16)
    await office.sweep()
    assert [each for each in await news(office) if each[0] in ("next", "again", "end")] == [("end", [LEAD, BOSS])]


async def test_who_is_on_leave_is_passed_over(office: Office) -> None:
    away = Standin("s1", "leave", LEAD, office.now - MINUTES, office.now + 60 * MINUTES)
    await office.store.run(rota.keep, office.now, office.desk.teams[0], away)
    await asks(office)
    assert await news(office) == [("asked", [BOSS])]


async def test_while_somebody_can_be_reached_it_does_not_go_alone(office: Office) -> None:
    await asks(office)
    with pytest.raises(Refusal, match="not_alone"):
        await does(office, verdicts.send_alone, ANA, "急", "V9")
    office.later(minutes=15)
    with pytest.raises(Refusal, match="not_your_answer"):
        await does(office, verdicts.send_alone, LEAD, "急", "V9")
    assert await replies(office) == 0


@pytest.fixture
async def night(database_url: str) -> AsyncIterator[Office]:
    """An order that came at 22:00; its clock stands until the morning."""
    async with a_store(database_url) as store:
        office = Office(store, a_desk(a_team(approval=CRC)), shanghai("2026-11-23 22:00"))
        await office.take(raising(office.now))
        await office.sends()
        yield office


async def test_a_lone_on_call_at_night_sends_it_with_a_reason_and_the_leads_hear_of_it_in_the_morning(
    night: Office,
) -> None:
    await asks(night)
    assert await news(night) == [("asked", [])]
    await does(night, verdicts.send_alone, ANA, "夜间只有我", "V9")
    assert await replies(night) == 1
    asked = await request(night)
    assert (asked.standing, asked.settled_by, asked.reason) == (Standing.OVERRIDDEN, ANA, "夜间只有我")
    await night.sweep()
    assert await news(night) == []
    night.now = shanghai("2026-11-24 09:00")
    await night.sweep()
    assert await news(night) == [("approval_overridden", [LEAD, BOSS])]
    night.later(hours=1)
    await night.sweep()
    assert await news(night) == []


async def test_asked_at_night_without_haste_the_approvers_are_called_in_the_morning(night: Office) -> None:
    await asks(night)
    await night.sends()
    night.later(hours=2)
    await night.sweep()
    assert await news(night) == []
    night.now = shanghai("2026-11-24 09:00")
    await night.sweep()
    assert await news(night) == [("first", [LEAD])]
    with pytest.raises(Refusal, match="not_alone"):
        await does(night, verdicts.send_alone, ANA, "急", "V9")


async def test_a_manager_on_call_is_reachable_at_night(night: Office) -> None:
    late = Shift(frozenset(range(7)), time(19), time(9), (ANA,), (BOSS,))
    night.desk = a_desk(a_team(approval=CRC, on_call=(late,)))
    await asks(night)
    assert await news(night) == [("asked", [BOSS])]
    with pytest.raises(Refusal, match="not_alone"):
        await does(night, verdicts.send_alone, ANA, "急", "V9")


async def test_with_too_little_time_left_everybody_is_asked_at_once_and_its_author_may_send_it(office: Office) -> None:
    office.now = (await office.sees()).due.at - 9 * MINUTES
    await asks(office)
    assert await news(office) == [("end", [LEAD, BOSS])]
    await office.sweep()
    assert "end" not in [name for name, _ in await news(office)]
    await does(office, verdicts.send_alone, ANA, "来不及了", "V9")
    assert await replies(office) == 1


async def test_its_time_ends_before_the_order_s(office: Office) -> None:
    office.now = (await office.sees()).due.at - 16 * MINUTES
    await asks(office)
    office.later(minutes=6)
    await does(office, verdicts.send_alone, ANA, "来不及了", "V9")


async def test_the_ladder_goes_on_and_calls_the_approver_too(office: Office) -> None:
    await asks(office)
    await office.sends()
    office.later(hours=3)
    await office.sweep()
    (rung,) = [e for e in (await office.order()).log if e.kind is Kind.REMINDED and e.data["rung"] == "0:75"]
    assert rung.data["called"] == [ANA, LEAD]
    office.now = (await office.sees()).due.at + MINUTES
    await office.sweep()
    assert (await office.sees()).state is State.OVERDUE
    await does(office, verdicts.approve, LEAD)
    assert await replies(office) == 1


async def test_a_claim_does_not_run_out_while_its_answer_waits_and_begins_anew_when_declined(office: Office) -> None:
    await asks(office)
    office.later(minutes=45)
    await office.sweep()
    assert (await office.order()).claim is not None
    await does(office, verdicts.decline, LEAD, "没有单号", "V9")
    office.later(minutes=29)
    await office.sweep()
    assert (await office.order()).claim is not None
    office.later(minutes=1)
    await office.sweep()
    assert (await office.order()).claim is None


async def test_it_is_the_only_hurdle(office: Office) -> None:
    draft = Draft(TEXT, view="V1")
    assert await office.store.read(asking.question, office.now, office.desk, ANA, A17, draft) is None
    await asks(office)
    await does(office, verdicts.approve, LEAD)
    assert (await office.order()).replies[0].grace_s == 0


async def test_only_where_the_rules_say_so(office: Office) -> None:
    money = OwnApproval(when=(Case(scenes=("refund",), over=50000),))
    office.desk = a_desk(a_team(approval=money))
    for number, scene, text, waits in (
        ("B-1", "refund", "同意退款 500 元,今天到账", False),
        ("B-2", "refund", "同意退款 500.01 元,今天到账", True),
        ("B-3", "urge_shipping", "同意退款 900 元,今天到账", False),
        ("B-4", "refund", "同意全额退款,今天到账", True),
    ):
        key = A17._replace(number=number)
        await office.take(raising(office.now, work_order_no=number, scene=scene, amount="899.00"))
        draft = Draft(text, view=number)
        await office.store.run(answering.answer, office.now, office.desk, ANA, key, draft, number, wall())
        assert (approval.pending(await office.order(key)) is not None) is waits, number


async def test_a_rejected_answer_s_successor_needs_its_own_approval(office: Office) -> None:
    await asks(office)
    await does(office, verdicts.approve, LEAD)
    await office.delivers_reply("rejected")
    await asks(office, TEXT + "，单号 SF1", id="r2", view="V2")
    seen = await office.sees()
    assert ([each.state for each in seen.order.replies], seen.state) == ([ReplyState.REJECTED], State.CLAIMED)


async def test_the_audit_trail_says_who_asked_and_who_approved(office: Office) -> None:
    await asks(office)
    await does(office, verdicts.decline, LEAD, "没有单号", "V9")
    await asks(office, id="r2", view="V2")
    await does(office, verdicts.approve, BOSS, id="r2")
    lines, _ = await office.store.read(trail.of_order, office.desk, "A-17")
    assert [(line.by, line.where, line.act) for line in lines if line.act.startswith("approval")] == [
        (ANA, "slack:modal", "approval_asked"),
        (LEAD, "slack:modal", "approval_declined"),
        (ANA, "slack:modal", "approval_asked"),
        (BOSS, "slack:button", "approval_given"),
    ]


async def test_it_waits_after_a_restart_and_with_a_second_replica(database_url: str) -> None:
    async with a_store(database_url) as store:
        office = Office(store, a_desk(a_team(approval=CRC)))
        await office.take(raising(office.now))
        await asks(office)
    async with a_store(database_url) as store:
        office = Office(store, a_desk(a_team(approval=CRC)))
        await does(office, verdicts.approve, LEAD)
        with pytest.raises(Refusal, match="approval_approved"):
            await does(office, verdicts.approve, BOSS)
        assert await replies(office) == 1


async def test_status_counts_what_waits(office: Office) -> None:
    await asks(office)
    ((standing,), _) = await office.store.read(status.where_we_stand, office.now, office.desk, LEAD, "C0FLAG")
    assert [approval.pending(seen.order) is not None for seen in standing.orders] == [True]


async def test_an_order_that_goes_to_another_team_takes_no_answer_along(office: Office) -> None:
    over = rungs({"key": "over", "at": "start+1h", "channel": "transfer", "to": "outlet"})
    other = a_team(name="outlet", channel="C0OUT", shops=frozenset())
    office.desk = a_desk(a_team(approval=CRC, ladders={"*": over}), other)
    await asks(office)
    await office.sends()
    office.later(minutes=61)
    await office.sweep()
    asked = await request(office)
    assert (asked.standing, asked.settled_by) == (Standing.WITHDRAWN, "coopbot")
    assert ("approval_withdrawn", [ANA]) in await news(office)
    assert (await office.order()).team == "outlet"


async def test_answers_to_a_group_wait_too_and_are_not_called_sent(office: Office) -> None:
    key = A17
    chosen = await office.store.read(together.group, office.now, office.desk, LEAD, [key], TEXT)
    await office.store.run(group_steps.keep, office.now, LEAD, chosen)
    kept = await office.store.read(group_steps.kept, LEAD, chosen.which)
    send = (office.now, office.desk, LEAD, key, kept.orders[0][1], kept, {}, "V7", wall())
    for _ in range(2):
        outcome = await office.store.run(group_steps.send, *send)
        assert (outcome.skipped, outcome.waits) == (None, True)
    assert await news(office) == [("asked", [BOSS])]


async def test_what_an_answer_promises_waits_with_it(office: Office) -> None:
    fields = {"promised_at": shanghai("2026-11-23 18:00").isoformat()}
    draft = Draft("将于 18:00 前发出", "ship_by", fields)
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1", wall())
    assert (await office.sees()).promises == ()
    await does(office, verdicts.approve, LEAD)
    await office.delivers_reply()
    (promise,) = (await office.sees()).promises
    assert (promise.owner, promise.due_at) == (ANA, shanghai("2026-11-23 18:00"))
