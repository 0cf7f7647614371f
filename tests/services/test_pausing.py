"""Holds: recorded with who and why; the due time moves only where the platform's clock really stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from coopbot.domain.intent import What
from coopbot.domain.seen import Seen
from coopbot.errors import Refusal
from coopbot.services import pausing
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, LEAD, a_desk, jd_pop, shanghai

DUE = shanghai("2026-11-23 14:00")


async def hold(office: Office, user: str = LEAD, why: str = "waiting for the courier") -> Seen:
    return await office.store.run(pausing.pause, office.now, office.desk, user, A17, why)


async def resume(office: Office, user: str = LEAD) -> Seen:
    return await office.store.run(pausing.resume, office.now, office.desk, user, A17)


async def notes(office: Office) -> list[tuple[str, Mapping[str, object]]]:
    sent = [each.intent.args for each in await office.sends() if each.intent.what is What.NOTE]
    return [(args["code"], args["facts"]) for args in sent]


@pytest.fixture
def stopping(office: Office) -> Office:
    """The same office under rules whose platform does pause."""
    rules = replace(jd_pop(), pauses_clock=True)
    office.desk = a_desk(profile=rules, profiles={(rules.name, rules.version): rules})
    return office


async def test_an_internal_hold_is_recorded_and_moves_nothing(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    office.later(hours=1)
    it = await hold(office)
    assert it.order.pause is not None
    assert (it.order.pause.by, it.order.pause.why) == (LEAD, "waiting for the courier")
    assert (it.due.at, it.usage.status) == (DUE, "running")
    ((code, facts),) = await notes(office)
    assert (code, facts["was"], facts["due"]) == ("paused", DUE.isoformat(), DUE.isoformat())
    office.later(hours=1)
    assert (await office.sweep()).orders == 1  # the ladder goes on
    it = await resume(office)
    assert (it.order.pause, len(it.order.pauses), it.due.at) == (None, 1, DUE)


async def test_where_the_platform_pauses_the_due_time_waits_and_nobody_is_reminded(stopping: Office) -> None:
    office = stopping
    await office.take(raising(office.now))
    await office.tells_card()
    office.later(hours=1)
    await hold(office)
    await office.sends()
    office.now = shanghai("2026-11-24 12:00")
    await office.sweep()
    it = await office.sees()
    assert (it.usage.status, it.usage.used_s, it.order.breaches) == ("paused", 3600, ())
    assert await office.owes() == []
    assert (await resume(office)).due.at == shanghai("2026-11-24 15:00")
    office.now = shanghai("2026-11-24 15:00") + timedelta(seconds=1)
    await office.sweep()
    assert len((await office.order()).breaches) == 1


async def test_a_breach_before_the_hold_stays_one(stopping: Office) -> None:
    office = stopping
    await office.take(raising(office.now))
    office.later(hours=5)
    await office.sweep()
    with pytest.raises(Refusal) as why:
        await hold(office)
    assert why.value.code == "not_now"


@pytest.mark.parametrize(
    ("user", "why", "code"), [(ANA, "tea", "only_leads"), (LEAD, " ", "no_reason"), ("U0OUT", "x", "not_a_member")]
)
async def test_only_leads_hold_and_only_with_a_reason(office: Office, user: str, why: str, code: str) -> None:
    await office.take(raising(office.now))
    with pytest.raises(Refusal) as refused:
        await hold(office, user, why)
    assert refused.value.code == code
    assert (await office.order()).pauses == ()


async def test_a_hold_is_one_until_it_ends(office: Office) -> None:
    await office.take(raising(office.now))
    with pytest.raises(Refusal) as none:
        await resume(office)
    assert none.value.code == "not_paused"
    await hold(office)
    with pytest.raises(Refusal) as twice:
        await hold(office)
    assert (twice.value.code, twice.value.facts["by"]) == ("already_paused", LEAD)
    await resume(office)
    assert len((await hold(office)).order.pauses) == 2


async def test_by_number_as_the_command_does(office: Office) -> None:
    await office.take(raising(office.now))
    asked = (office.now, office.desk, LEAD)
    it = await office.store.run(pausing.by_number, pausing.pause, *asked, "A-17", "courier")
    assert it.order.pause is not None
    with pytest.raises(Refusal, match="unknown_order"):
        await office.store.run(pausing.by_number, pausing.resume, *asked, "B-1")
