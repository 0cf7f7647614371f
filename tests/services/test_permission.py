"""Who may do what, by lists and by user groups; what is not known yet is refused with that sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coopbot.domain.people import Person
from coopbot.domain.team import Desk, Team
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import answering, membership, permission
from coopbot.services.rota import with_rota
from coopbot.services.telling import owners
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, BEN, LEAD, OUTSIDER, a_desk, a_team

OURS = a_team(members=None, usergroup="S0CARE", leads=(), lead_group="S0LEADS", managers=(), manager_group="S0BOSS")
Check = Callable[[Tx, Desk, Team, str], object]


async def refused(office: Office, check: Check, user: str) -> str:
    with pytest.raises(Refusal) as why:
        await office.store.read(check, office.desk, OURS, user)
    return why.value.code


@pytest.fixture
async def grouped(office: Office) -> Office:
    office.desk = a_desk(OURS)
    for group, users in (("S0CARE", [ANA, BEN]), ("S0LEADS", [LEAD]), ("S0BOSS", [])):
        await office.store.run(membership.set_members, group, users)
    return office


async def test_a_user_group_says_who_leads_and_its_events_keep_it(grouped: Office) -> None:
    assert await refused(grouped, permission.must_lead, ANA) == "only_leads"
    await grouped.store.read(permission.must_lead, grouped.desk, OURS, LEAD)
    await grouped.store.run(membership.joined, grouped.now, "S0LEADS", ANA, "1")
    await grouped.store.read(permission.must_lead, grouped.desk, OURS, ANA)
    await grouped.store.run(membership.left, grouped.now, "S0LEADS", LEAD, "2")
    assert await refused(grouped, permission.must_lead, LEAD) == "not_a_member"


async def test_whom_to_ask_is_named_from_the_group(grouped: Office) -> None:
    with pytest.raises(Refusal) as why:
        await grouped.store.read(permission.must_lead, grouped.desk, OURS, ANA)
    assert why.value.facts["leads"] == [LEAD]


async def test_they_are_called_and_told_of_money_as_listed_leads_are(grouped: Office) -> None:
    desk = await grouped.store.read(with_rota, grouped.desk)
    assert desk.teams[0].leads == (LEAD,)
    (shop,) = OURS.shops
    assert await grouped.store.read(owners, grouped.desk, shop) == (LEAD,)


async def test_while_slack_has_not_said_who_leads_nobody_is_told_that_they_do_not(office: Office) -> None:
    office.desk = a_desk(OURS)
    await office.store.run(membership.set_members, "S0CARE", [ANA])
    for user in (ANA, LEAD):
        assert await refused(office, permission.must_lead, user) == "members_unknown"
    await office.store.read(permission.must_be_member, office.desk, OURS, ANA)


async def test_the_operator_hears_of_a_group_that_was_never_read(grouped: Office) -> None:
    for group in ("S0LEADS", "S0GONE", "S0GONE"):
        await grouped.store.run(membership.lost_group, grouped.desk, group, "no_such_subteam")
    assert await grouped.owes() == ["operator U0OPS"]


async def test_whose_language_is_not_known_is_spoken_to_in_their_teams(office: Office) -> None:
    office.desk = a_desk(a_team(language="en"), language="zh-CN")
    speaks = (permission.language_of, office.desk)
    assert await office.store.read(*speaks, ANA) == "en"
    assert await office.store.read(*speaks, OUTSIDER) == "zh-CN"
    await office.store.run(membership.learn, [Person(ANA, language="zh-CN")])
    assert await office.store.read(*speaks, ANA) == "zh-CN"


async def test_a_lead_who_is_a_guest_leads_nothing(grouped: Office) -> None:
    await grouped.store.run(membership.learn, [Person(LEAD, name="Gast", guest=True)])
    assert await refused(grouped, permission.must_lead, LEAD) == "guest"
    await grouped.take(raising(grouped.now))
    with pytest.raises(Refusal, match="guest"):
        await grouped.store.run(answering.claim, grouped.now, grouped.desk, LEAD, A17)
