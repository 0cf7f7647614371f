"""The buttons and forms of a request for approval at Slack's edge: what is delivered twice, and what comes too late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coopbot.domain.approval import Standing, requests
from coopbot.domain.approval_rules import Case, OwnApproval
from coopbot.domain.work_order import Kind
from coopbot.handlers.edge import on_click, on_submit
from coopbot.handlers.interaction import Click, Submission
from coopbot.services import answering
from coopbot.services.answering import Draft
from coopbot.views import ids
from tests.support.edge import OURS, Edge, edge_on
from tests.support.office import A17
from tests.support.world import ANA, BEN, BOSS, LEAD, a_team

TEXT = "今天 18:00 前发出"


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    """Ana's answer waits."""
    async with edge_on(tmp_path / "edge.db") as made:
        office = made.office
        team = a_team(approval=OwnApproval(when=(Case(),)), language="en")
        office.desk = made.reception.desk = replace(office.desk, teams=(team,))
        await office.store.run(answering.answer, office.now, office.desk, ANA, A17, Draft(TEXT, view="V1"), "r1")
        yield made


async def clicks(edge: Edge, user: str, action: str, at: str = "1") -> None:
    pressed = {"action_id": action, "value": ids.request_value("r1", A17), "action_ts": at}
    body = {"user": {"id": user, "team_id": OURS}, "actions": [pressed], "response_url": edge.url}
    await on_click(edge.reception, Click.of(body), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()


async def submits(edge: Edge, user: str, form: str, reason: str) -> dict[str, Any]:
    given = {
        "id": "V9",
        "callback_id": form,
        "private_metadata": f"{A17}|r1",
        "state": {"values": {ids.APPROVAL_REASON: {ids.APPROVAL_REASON: {"value": reason}}}},
        "blocks": [{"type": "input", "block_id": ids.APPROVAL_REASON}],
    }
    body = {"user": {"id": user, "team_id": OURS}, "view": given}
    await on_submit(edge.reception, Submission.of(body), edge.ack)  # type: ignore[arg-type]
    return edge.acks[-1]


async def standing(edge: Edge) -> Standing:
    return requests(await edge.office.order())[0].standing


async def test_a_click_delivered_twice_counts_once_and_the_next_lead_is_told_who_was_first(edge: Edge) -> None:
    await clicks(edge, LEAD, ids.APPROVE)
    await clicks(edge, LEAD, ids.APPROVE)
    assert edge.whispers == []
    assert [reply.text for reply in (await edge.office.order()).replies] == [TEXT]
    await clicks(edge, BOSS, ids.APPROVE, at="2")
    (told,) = edge.whispers
    assert told.startswith(f"<@{LEAD}> approved it at ")


@pytest.mark.parametrize(
    ("user", "action", "said"),
    [
        (ANA, ids.APPROVE, "somebody else approves it"),
        (BEN, ids.APPROVE, "Only somebody who may approve"),
        (BEN, ids.DECLINE, "Only somebody who may approve"),
        (LEAD, ids.WITHDRAW, "it is their answer"),
        (ANA, ids.SEND_ALONE, "can approve it; from"),
    ],
)
async def test_who_may_not_is_told_why(edge: Edge, user: str, action: str, said: str) -> None:
    await clicks(edge, user, action)
    assert len(edge.whispers) == 1
    assert said in edge.whispers[0]
    assert await standing(edge) is Standing.PENDING


async def test_a_form_without_a_reason_stays_open_and_one_delivered_twice_counts_once(edge: Edge) -> None:
    answer = await submits(edge, LEAD, ids.DECLINE_MODAL, "   ")
    assert list(answer["errors"]) == [ids.APPROVAL_REASON]
    assert await submits(edge, LEAD, ids.DECLINE_MODAL, "没有单号") == {}
    assert await submits(edge, LEAD, ids.DECLINE_MODAL, "没有单号") == {}
    assert await standing(edge) is Standing.DECLINED
    assert sum(e.kind is Kind.APPROVAL_DECLINED for e in (await edge.office.order()).log) == 1


async def test_a_forged_request_changes_nothing(edge: Edge) -> None:
    pressed = {"action_id": ids.APPROVE, "value": f"r9|{A17}", "action_ts": "1"}
    body = {"user": {"id": LEAD, "team_id": OURS}, "actions": [pressed], "response_url": edge.url}
    await on_click(edge.reception, Click.of(body), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()
    assert len(edge.whispers) == 1
    assert await standing(edge) is Standing.PENDING
