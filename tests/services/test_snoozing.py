"""A snoozed order's reminders wait and are written down; being late, or urged, is told all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from coopbot.domain.intent import What
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import Kind
from coopbot.errors import Refusal
from coopbot.services import snoozing
from coopbot.views.card import card
from coopbot.views.language import Catalogues
from tests.support.databases import a_store
from tests.support.ladders import a_team_with
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, LEAD, OUTSIDER, a_desk, shanghai

T = Catalogues(strict=True)
LADDER = [
    {"key": "soon", "at": "start+30m", "channel": "thread", "mentions": ["on_call"]},
    {"key": "later", "at": "start+1h", "channel": "thread", "mentions": ["on_call"]},
    {"key": "before", "at": "due-30m", "channel": "channel", "mentions": ["lead"]},
    {"key": "late", "at": "due", "channel": "channel", "mentions": ["manager"]},
]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with a_store(database_url) as store:
        made = Office(store, a_desk(a_team_with(*LADDER)))
        await made.take(raising(made.now, **{"class": "general"}))
        await made.tells_card()
        await made.sends()
        yield made


async def snoozes(office: Office, until: datetime, user: str = ANA, view: str = "V1") -> Seen:
    await office.store.run(snoozing.snooze, office.now, office.desk, user, A17, until, view, "snooze_at")
    return await office.sees()


async def steps(office: Office) -> list[str]:
    """Sweep, and name the steps that spoke."""
    await office.sweep()
    owed = [each for each in await office.sends() if each.intent.what is What.REMINDER]
    return [item["step"].split(":")[1] for each in owed for item in each.intent.args["items"]]


async def passed_over(office: Office) -> dict[str, str]:
    log = (await office.order()).log
    return {e.data["rung"].split(":")[1]: e.data["why"] for e in log if e.kind is Kind.SUPERSEDED}


async def test_reminders_wait_are_written_down_and_one_speaks_when_it_is_over(office: Office) -> None:
    await snoozes(office, office.now + timedelta(minutes=90))
    office.later(minutes=31)
    assert await steps(office) == []
    office.later(minutes=30)
    assert await steps(office) == []
    assert await passed_over(office) == {"soon": "snoozed", "later": "snoozed"}
    office.later(minutes=29)
    assert await steps(office) == ["snooze"]
    assert await steps(office) == []


async def test_after_an_outage_of_ours_the_snooze_still_counts_once(office: Office) -> None:
    await snoozes(office, office.now + timedelta(minutes=90))
    office.later(hours=3)
    assert await steps(office) == ["snooze"]
    assert await passed_over(office) == {"soon": "snoozed", "later": "snoozed"}


async def test_the_card_says_who_and_until_when(office: Office) -> None:
    it = await snoozes(office, office.now + timedelta(minutes=30))
    assert "snoozed its reminders until" in str(card(it, T["en"]).blocks)
    assert "再提醒" in str(card(it, T["zh-CN"]).blocks)
    assert [each.intent.what for each in await office.sends()] == [What.REDRAW]
    office.later(minutes=30)
    assert "snoozed" not in str(card(await office.sees(), T["en"]).blocks)


async def test_being_late_speaks_whatever_was_snoozed_and_a_due_time_that_comes_closer_ends_it(office: Office) -> None:
    await snoozes(office, office.now + timedelta(hours=20))
    await office.take(
        raising(office.now, version=2, **{"class": "general"}, due_at=shanghai("2026-11-23 11:50").isoformat())
    )
    office.now = shanghai("2026-11-23 10:50")
    assert await steps(office) == ["snooze"]
    office.now = shanghai("2026-11-23 11:51")
    assert (await steps(office))[-1:] == ["late"]


async def test_an_urge_is_news(office: Office) -> None:
    await snoozes(office, office.now + timedelta(hours=2))
    office.later(minutes=40)
    await office.take(event("work_order.urged", office.now, count=1))
    assert await steps(office) == ["urge"]


async def test_a_change_of_hands_ends_it(office: Office) -> None:
    await snoozes(office, office.now + timedelta(hours=2))
    await office.claim(BEN)
    assert (await office.order()).snooze is None
    office.later(minutes=31)
    assert await steps(office) == ["soon"]


async def test_how_long_and_by_whom(office: Office) -> None:
    with pytest.raises(Refusal, match="not_a_member"):
        await snoozes(office, office.now + timedelta(hours=1), OUTSIDER)
    with pytest.raises(Refusal, match="snooze_over"):
        await snoozes(office, office.now)
    with pytest.raises(Refusal, match="snooze_too_late") as why:
        await snoozes(office, office.now + timedelta(hours=23, seconds=1))
    assert why.value.facts["at"] == office.now + timedelta(hours=23)
    await office.claim(ANA)
    with pytest.raises(Refusal, match="only_leads"):
        await snoozes(office, office.now + timedelta(hours=1), BEN)
    await snoozes(office, office.now + timedelta(hours=1), LEAD)
    office.later(hours=23, minutes=1)
    with pytest.raises(Refusal, match="snooze_no_time"):
        await office.store.run(snoozing.form, office.now, office.desk, ANA, A17)


async def test_the_same_form_twice_is_one_snooze_and_a_second_one_replaces_the_first(office: Office) -> None:
    until = office.now + timedelta(hours=1)
    await snoozes(office, until)
    await snoozes(office, until)
    await snoozes(office, until + timedelta(hours=1), view="V2")
    order = await office.order()
    assert sum(entry.kind is Kind.SNOOZED for entry in order.log) == 2
    assert order.snooze is not None
    assert order.snooze.until == until + timedelta(hours=1)


async def test_a_crc_is_snoozed_once_for_half_an_hour_at_most(office: Office) -> None:
    await office.take(raising(office.now, work_order_no="A-18"))
    key = type(A17)("jd", "A-18")

    async def crc(minutes: int, view: str) -> None:
        until = office.now + timedelta(minutes=minutes)
        await office.store.run(snoozing.snooze, office.now, office.desk, ANA, key, until, view, "b")

    with pytest.raises(Refusal, match="snooze_too_late"):
        await crc(31, "V1")
    await crc(30, "V1")
    office.later(minutes=30)
    with pytest.raises(Refusal, match="snooze_once"):
        await crc(10, "V2")
