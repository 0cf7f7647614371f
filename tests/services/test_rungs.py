"""Steps in the office: whom each reaches, where, and what is written down about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from coopbot.clock import wall
from coopbot.delivery.render import render
from coopbot.delivery.rendered import Edit, Moot, Post, Rendered, Ring
from coopbot.delivery.setback import setback
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.ports import Refused
from coopbot.services import sweep
from coopbot.services.rota import with_rota
from coopbot.services.setbacks import not_delivered
from coopbot.views.language import Catalogues
from tests.support.ladders import a_team_with
from tests.support.office import Office, raising
from tests.support.world import ANA, BEN, LEAD, a_desk, a_team


def laddered(office: Office, *rows: dict[str, Any], **changes: Any) -> Desk:
    other = a_team(name="second", channel="C0SECOND", shops=frozenset({ShopKey("jd", "10002")}))
    office.desk = a_desk(a_team_with(*rows, **changes), other)
    return office.desk


def row(key: str, channel: str, *mentions: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "at": "50%", "channel": channel, "mentions": list(mentions), **more}


async def told(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    await office.sends()


async def reminded(office: Office) -> list[Owed]:
    """Two hours later the rungs at half of the budget have fallen due."""
    office.later(hours=2)
    await office.sweep()
    return [each for each in await office.sends() if each.intent.what is not What.REDRAW or "left" in each.intent.args]


async def drawn(office: Office, owed: Owed) -> Rendered:
    return await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)


async def test_a_direct_message_goes_to_each_person_and_is_written_down(office: Office) -> None:
    laddered(office, row("dm", "direct", "on_call", "backup"))
    await told(office)
    owed = await reminded(office)
    assert [(each.intent.what, each.intent.target) for each in owed] == [(What.REMINDER, ANA), (What.REMINDER, BEN)]
    posts = [await drawn(office, each) for each in owed]
    assert [post.channel for post in posts if isinstance(post, Post)] == [ANA, BEN]
    (entry,) = [each for each in (await office.order()).log if each.kind is Kind.REMINDED]
    assert (entry.data["called"], entry.data["reason"], entry.data["night"]) == ([ANA, BEN], "on_call", False)


async def test_the_whole_channel_and_a_user_group_are_mentioned(office: Office) -> None:
    laddered(office, row("all", "channel", "channel", "usergroup:S0CARE"))
    await told(office)
    (owed,) = await reminded(office)
    post = await drawn(office, owed)
    assert isinstance(post, Post)
    assert "<!channel>" in post.message.text
    assert "<!subteam^S0CARE>" in post.message.text


async def test_a_round_robin_goes_on_where_it_stopped(office: Office) -> None:
    laddered(office, row("rr", "channel", "round_robin"))
    for number in ("A-17", "A-18", "A-19"):
        await office.take(raising(office.now, work_order_no=number))
    await office.sends()
    (owed,) = await reminded(office)
    assert [item["called"] for item in owed.intent.args["items"]] == [[ANA], [BEN], [ANA]]


async def test_a_webhook_is_called_with_ids_and_no_consumer_data(office: Office) -> None:
    laddered(office, row("page", "webhook", "on_call", to="pager"))
    await told(office)
    (owed,) = await reminded(office)
    ring = await drawn(office, owed)
    assert isinstance(ring, Ring)
    assert (ring.hook, ring.payload["work_order_no"], ring.payload["called"]) == ("pager", "A-17", [ANA])
    assert "content" not in ring.payload
    assert owed.intent.stream == "platform/pager"
    await office.answer()
    assert isinstance(await drawn(office, owed), Moot)


async def test_a_transfer_gives_the_order_to_the_other_team(office: Office) -> None:
    laddered(office, row("over", "transfer", to="second"), row("later", "thread", at="90%"))
    await told(office)
    await office.claim()
    owed = {each.intent.what: each for each in await reminded(office)}
    card, left = owed[What.CARD], owed[What.REDRAW]
    order = await office.order()
    assert (order.team, order.card, order.claim) == ("second", None, None)
    assert (card.intent.what, card.intent.target) == (What.CARD, "C0SECOND")
    old = await drawn(office, left)
    assert isinstance(old, Edit)
    assert (old.channel, old.ts, "second" in old.message.text) == ("C0FLAG", "1.1", True)
    new = await drawn(office, card)
    assert isinstance(new, Post)
    assert f"<@{ANA}>" in new.message.text
    assert (await office.sees()).team.name == "second"


async def test_a_transfer_to_no_team_reminds_its_own_and_tells_the_operator(office: Office) -> None:
    laddered(office, row("over", "transfer", to="nowhere"))
    await told(office)
    assert sorted(each.intent.target for each in await reminded(office)) == ["C0FLAG", "U0OPS"]


async def test_a_step_that_is_passed_over_is_recorded_with_its_reason(office: Office) -> None:
    laddered(office, row("own", "thread", only_if=["claimed"]))
    await told(office)
    assert await reminded(office) == []
    (entry,) = [each for each in (await office.order()).log if each.kind is Kind.SUPERSEDED]
    assert entry.data == {"rung": "0:own", "why": "claimed"}
    assert (await office.sweep()).orders == 0


async def test_a_message_names_nobody_whom_one_named_a_moment_ago(office: Office) -> None:
    laddered(office, row("a", "channel", "on_call"), row("b", "channel", "on_call", "lead", at="start+2h2m"))
    await told(office)
    await reminded(office)
    office.later(minutes=2)
    await office.sweep()
    (owed,) = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    post = await drawn(office, owed)
    assert isinstance(post, Post)
    assert (f"<@{LEAD}>" in post.message.text, f"<@{ANA}>" in post.message.text) == (True, False)
    entry = [each for each in (await office.order()).log if each.kind is Kind.REMINDED][-1]
    assert (entry.data["called"], entry.data["spared"]) == ([LEAD], [ANA])


async def test_a_direct_message_to_who_was_named_a_moment_ago_is_not_sent(office: Office) -> None:
    laddered(office, row("a", "channel", "on_call"), row("b", "direct", "on_call", at="start+2h2m"))
    await told(office)
    await reminded(office)
    office.later(minutes=2)
    await office.sweep()
    assert [each for each in await office.sends() if each.intent.what is What.REMINDER] == []


async def test_who_has_left_is_not_called_and_the_owner_is_told(office: Office) -> None:
    office.desk = replace(laddered(office, row("a", "channel", "on_call")), gone=frozenset({ANA}))
    await told(office)
    owed = await reminded(office)
    found = {each.intent.what: each.intent for each in owed}
    assert (found[What.OPERATOR].target, found[What.OPERATOR].args["code"]) == ("U0OPS", "person_gone")
    assert found[What.REMINDER].args["items"][0]["called"] == [BEN]


async def refused(office: Office, owed: Owed, code: str) -> None:
    again = wall()
    await office.store.run(
        not_delivered, office.now, office.desk, owed, wall(), Refused(code), setback(owed, Refused(code)), again
    )


async def reminded_directly(office: Office) -> Owed:
    laddered(office, row("dm", "direct", "on_call"))
    await told(office)
    office.later(hours=2)
    await office.sweep()
    (owed,) = [each for each in await office.claims(Lane.CHAT) if each.intent.target == ANA]
    return owed


async def test_closed_direct_messages_are_said_in_the_channel_and_name_the_person(office: Office) -> None:
    await refused(office, await reminded_directly(office), "cannot_dm_bot")
    owed = {each.intent.target: each for each in await office.sends()}
    assert owed["U0OPS"].intent.args["code"] == "not_delivered"
    assert [item["called"] for item in owed["C0FLAG"].intent.args["items"]] == [[ANA]]


async def test_who_turns_out_to_have_left_is_known_from_then_on_and_the_next_is_called(office: Office) -> None:
    await refused(office, await reminded_directly(office), "user_disabled")
    owed = {each.intent.target: each for each in await office.sends()}
    assert [item["called"] for item in owed["C0FLAG"].intent.args["items"]] == [[BEN]]
    assert (await office.store.read(with_rota, office.desk)).gone == {ANA}


NO_PEOPLE: dict[str, Any] = {"on_call": (), "leads": (), "managers": ()}


async def test_a_team_that_has_nobody_to_call_is_told_to_the_operator_once_an_hour(office: Office) -> None:
    laddered(office, row("a", "channel", "on_call"), row("b", "channel", "lead", at="start+2h5m"), **NO_PEOPLE)
    await office.take(raising(office.now))
    await office.tells_card()
    (card,) = [each for each in await office.sends() if each.intent.what is What.OPERATOR]
    assert card.intent.args["code"] == "nobody_to_call"
    owed = {each.intent.what: each.intent for each in await reminded(office)}
    assert owed[What.OPERATOR].args["facts"] == {"team": "flagship", "order": "jd:A-17"}
    assert owed[What.REMINDER].args["items"][0]["called"] == []
    office.later(minutes=5)
    await office.sweep()
    assert What.OPERATOR not in {each.intent.what for each in await office.sends()}


async def test_nobody_to_call_is_no_alarm_where_nobody_is_wanted(office: Office) -> None:
    laddered(office, row("a", "channel", "claimant"), row("b", "thread", at="start+2h5m"), **NO_PEOPLE)
    await office.take(raising(office.now, **{"class": "general"}))
    await office.tells_card()
    office.later(hours=20)
    await office.sweep()
    assert What.OPERATOR not in {each.intent.what for each in await office.sends()}


async def test_what_was_due_within_one_minute_is_late_in_one_message_and_recorded_at_once(office: Office) -> None:
    for seconds in (10, 20, 40):
        at = office.now + timedelta(seconds=seconds)
        await office.take(raising(at, work_order_no=f"A-{seconds}", id=f"A-{seconds}"))
    await office.sends()
    office.later(hours=3, minutes=59)
    await office.sweep()
    await office.sends()
    said = []
    for seconds in (71, 81, 101, 119):
        sweep_at = office.now + timedelta(seconds=seconds)
        said.append(await late(office, sweep_at))
    assert said == [[], [], [], []]
    assert len((await office.order(OrderKey("jd", "A-40"))).breaches) == 1
    assert await late(office, office.now + timedelta(seconds=120)) == [["jd:A-10", "jd:A-20", "jd:A-40"]]


async def late(office: Office, at: datetime) -> list[list[str]]:
    """The orders of each message that leaves then."""
    await office.store.run(sweep.sweep, at, office.desk)
    owed = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    return [[item["order"] for item in each.intent.args["items"]] for each in owed]
