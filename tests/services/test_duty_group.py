"""A user group that follows the on-call, and one that says who is on call; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time

import pytest

from coopbot.clock import wall
from coopbot.delivery.render import render
from coopbot.delivery.rendered import Enrol, Moot
from coopbot.domain.calling import duty_note
from coopbot.domain.intent import Intent, Owed, What
from coopbot.domain.people import Person
from coopbot.domain.rota import Shift
from coopbot.ports import Refused, Tx
from coopbot.services import duty_group, membership, reading, rota, setbacks
from coopbot.views.language import Catalogues
from tests.support.databases import a_store
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, BEN, BOSS, EVERY_DAY, LEAD, a_desk, a_team, shanghai

FOLLOWS, SAYS = "S0ONCALL", "S0ROTA"
HALVES = (
    Shift(EVERY_DAY, time(9), time(14), (ANA,), (BEN,)),
    Shift(EVERY_DAY, time(14), time(19), (BEN,), (ANA,)),
)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with a_store(database_url) as store:
        yield Office(store, a_desk(a_team(on_call=HALVES, duty_group=FOLLOWS)))


async def syncs(office: Office) -> list[Owed]:
    """What is owed to the group, under way."""
    await office.store.run(duty_group.sync, office.now, office.desk)
    return [each for each in await office.store.run(_claim) if each.intent.what is What.GROUP]


def _claim(tx: Tx) -> list[Owed]:
    from coopbot.domain.intent import Lane

    return list(tx.outbox.claim(Lane.CHAT, wall(), 100, 60))


async def done(office: Office, owed: Owed) -> None:
    await office.store.run(duty_group.changed, office.now, owed, wall())


async def refused(office: Office, owed: Owed, code: str = "permission_denied") -> None:
    await office.store.run(
        setbacks.not_delivered, office.now, office.desk, owed, wall(), Refused(code), "later", wall()
    )


async def shown(office: Office, owed: Owed) -> object:
    return await office.store.read(render, office.now, office.desk, Catalogues(strict=True), owed)


async def test_the_group_changes_with_the_shift_and_only_then(office: Office) -> None:
    (first,) = await syncs(office)
    assert await shown(office, first) == Enrol(FOLLOWS, (ANA,))
    await done(office, first)
    assert await syncs(office) == []
    office.now = shanghai("2026-11-23 14:00")
    (second,) = await syncs(office)
    assert await shown(office, second) == Enrol(FOLLOWS, (BEN,))


async def test_what_is_sent_is_who_is_on_call_when_it_is_sent(office: Office) -> None:
    (owed,) = await syncs(office)
    office.now = shanghai("2026-11-23 15:00")
    assert await shown(office, owed) == Enrol(FOLLOWS, (BEN,))


async def test_with_nobody_on_call_it_is_who_would_be_called(office: Office) -> None:
    office.now = shanghai("2026-11-23 22:00")
    (owed,) = await syncs(office)
    assert await shown(office, owed) == Enrol(FOLLOWS, (LEAD,))


async def test_guests_and_who_has_left_are_not_put_into_it(office: Office) -> None:
    await office.store.run(membership.learn, [Person(ANA, "Ana", zone="Asia/Shanghai", guest=True)])
    (owed,) = await syncs(office)
    assert await shown(office, owed) == Enrol(FOLLOWS, (BEN,))
    people = [Person(user, user, zone="x", deactivated=True) for user in (ANA, BEN, LEAD, BOSS)]
    await office.store.run(membership.learn, people)
    assert isinstance(await shown(office, owed), Moot)


async def test_a_refusal_is_told_once_tried_again_and_over_when_it_works(office: Office) -> None:
    (owed,) = await syncs(office)
    await refused(office, owed)
    (alarm,) = await office.sends()
    assert (alarm.intent.target, alarm.intent.args["code"]) == ("U0OPS", "group_refused")
    assert await syncs(office) == []
    office.later(hours=1)
    (again,) = await syncs(office)
    await refused(office, again)
    assert await office.sends() == []
    office.later(hours=1)
    (works,) = await syncs(office)
    await done(office, works)
    office.later(hours=4)
    (other,) = await syncs(office)
    await refused(office, other)
    assert [each.intent.args["code"] for each in await office.sends()] == ["group_refused"]


async def test_a_refused_group_keeps_no_reminder(office: Office) -> None:
    (owed,) = await syncs(office)
    await refused(office, owed)
    await office.take(raising(office.now))
    await office.tells_card()
    office.later(hours=3)
    await office.sweep()
    reminders = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    assert reminders[0].intent.args["items"][0]["called"] == [ANA]


async def says(office: Office, *users: str, code: str = "") -> None:
    office.desk = a_desk(a_team(on_call=(), on_call_from=SAYS))
    await office.store.run(membership.set_group, office.desk, SAYS, users, code)


async def on_call(office: Office, at: datetime | None = None) -> tuple[str, ...]:
    desk = await office.store.read(rota.with_rota, office.desk)
    return desk.teams[0].duty(at or office.now).who


async def test_who_is_in_the_group_is_on_call_and_a_change_of_it_counts_at_once(office: Office) -> None:
    await says(office, BEN)
    assert await on_call(office) == (BEN,)
    await office.store.run(membership.joined, office.now, SAYS, ANA, "1")
    await office.store.run(membership.left, office.now, SAYS, BEN, "1")
    assert await on_call(office) == (ANA,)
    await office.store.run(membership.group_changed, office.now, office.desk, "S0OTHER", [LEAD], "2")
    await office.store.run(membership.group_changed, office.now, office.desk, SAYS, [LEAD], "2")
    assert await on_call(office) == (LEAD,)


async def test_an_event_or_an_answer_that_comes_late_changes_nothing_newer(office: Office) -> None:
    await says(office, BEN)
    asked = await office.store.read(membership.heard_of, [SAYS])
    await office.store.run(membership.group_changed, office.now, office.desk, SAYS, [], "100.2", "disabled")
    assert sorted(await office.owes()) == ["operator U0LEAD", "operator U0OPS"]
    await office.store.run(membership.joined, office.now, SAYS, ANA, "100.1")
    await office.store.run(membership.left, office.now, SAYS, BEN, "100.1")
    await office.store.run(membership.group_changed, office.now, office.desk, SAYS, [BEN], "100.1")
    await office.store.run(membership.group_looked_at, office.desk, SAYS, [BEN], "", asked[SAYS])
    assert not await office.store.run(membership.set_members, SAYS, [BEN], asked[SAYS])
    assert await on_call(office) == ()
    await office.store.run(membership.joined, office.now, SAYS, ANA, "100.3")
    await office.store.run(membership.group_changed, office.now, office.desk, SAYS, [BEN], "100.25")
    assert await on_call(office) == (ANA, BEN)
    asked = await office.store.read(membership.heard_of, [SAYS])
    await office.store.run(membership.group_looked_at, office.desk, SAYS, [LEAD], "", asked[SAYS])
    assert await on_call(office) == (LEAD,)


@pytest.mark.parametrize("code", ["no_members", "disabled"])
async def test_an_empty_group_calls_the_leads_and_the_card_says_that_nobody_was_on_call(
    office: Office, code: str
) -> None:
    await says(office, code=code)
    assert sorted(await office.owes()) == ["operator U0LEAD", "operator U0OPS"]
    await office.take(raising(office.now))
    await office.tells_card()
    office.later(hours=3)
    await office.sweep()
    (owed,) = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    (item,) = owed.intent.args["items"]
    assert (item["called"], item["why"]) == ([LEAD], "nobody_on_call")
    desk = await office.store.read(rota.with_rota, office.desk)
    it = await office.store.read(reading.one, office.now, desk, A17.connection, A17.number)
    assert it is not None
    assert duty_note(it) == "nobody_on_call"


async def test_a_group_that_is_not_known_yet_is_a_gap_that_is_told(office: Office) -> None:
    office.desk = a_desk(a_team(on_call=(), on_call_from=SAYS))
    assert await on_call(office) == ()
    assert await office.store.run(rota.warn_of_gaps, office.now, office.desk) > 0


async def test_a_team_that_is_gone_moves_no_group(office: Office) -> None:
    owed = Owed("1", Intent(What.GROUP, FOLLOWS, 6, args={"team": "gone"}), 0, 0, wall())  # type: ignore[arg-type]
    assert isinstance(await shown(replace_desk(office), owed), Moot)


def replace_desk(office: Office) -> Office:
    return replace(office, desk=a_desk(a_team(name="other")))
