"""Rules are pinned by version, and applied anew as an act that leaves its trace."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from coopbot.domain.intent import What
from coopbot.domain.profile import Profile, parse
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Kind
from coopbot.errors import Misconfigured
from coopbot.services import audit, profiles
from tests.support.clockwork import rules
from tests.support.office import A17, Office, event, raising
from tests.support.world import a_desk, jd_pop, shanghai


def version(name: str, **crc: Any) -> Profile:
    """jd-pop with another version's name and another CRC class."""
    data = json.loads(jd_pop().content)
    data["version"] = name
    data["classes"]["crc"] |= crc
    return parse(data, name)


def desk(profile: Profile) -> Desk:
    return a_desk(profile=profile, profiles={(profile.name, profile.version): profile})


async def upgraded(office: Office, profile: Profile) -> None:
    """The bot was started with the new rules: both versions are known to it."""
    await office.store.run(profiles.pin, office.desk, office.now)
    office.desk = await office.store.run(profiles.pin, desk(profile), office.now)


async def reapply(office: Office, profile: Profile, *keys: str) -> int:
    return await office.store.run(profiles.reapply, office.now, office.desk, profile, keys or (str(A17),))


async def test_an_order_keeps_the_rules_it_was_born_under(office: Office) -> None:
    await office.take(raising(office.now))
    await upgraded(office, version("2027.1", budget="2h"))
    assert (await office.sees()).due.at == shanghai("2026-11-23 14:00")
    await office.take(raising(office.now, work_order_no="A-18"))
    newer = await office.sees(A17._replace(number="A-18"))
    assert (newer.rules.version, newer.due.at) == ("2027.1", shanghai("2026-11-23 12:00"))


async def test_applying_anew_is_recorded_with_before_and_after_and_renews_everything(office: Office) -> None:
    await office.take(raising(office.now))
    await office.tells_card()
    newer = version("2027.1", budget="2h")
    await upgraded(office, newer)
    assert await reapply(office, newer) == 1
    it = await office.sees()
    (entry,) = [entry for entry in it.order.log if entry.kind is Kind.REAPPLIED]
    assert (entry.by, entry.data["from"]) == ("operator", ["jd-pop", "2026.12"])
    assert entry.data["before"] == shanghai("2026-11-23 14:00").isoformat()
    assert entry.data["after"] == it.due.at.isoformat() == shanghai("2026-11-23 12:00").isoformat()
    assert (it.order.profile, it.rules.version) == (("jd-pop", "2027.1"), "2027.1")
    owed = [each.intent for each in await office.sends()]
    assert [intent.what for intent in owed] == [What.NOTE, What.REDRAW]
    assert owed[0].args["code"] == "reapplied"
    office.now = shanghai("2026-11-23 11:00")
    assert (await office.sweep()).orders == 1  # the ladder of the new rules: half of two hours
    assert await reapply(office, newer) == 0


async def test_what_has_ended_or_has_no_class_there_is_left_alone(office: Office) -> None:
    await office.take(raising(office.now), event("work_order.closed", office.now))
    newer = version("2027.1", budget="2h")
    await upgraded(office, newer)
    assert await reapply(office, newer, str(A17), "jd:never") == 0


async def test_rules_that_the_bot_was_never_started_with_are_refused(office: Office) -> None:
    await office.take(raising(office.now))
    await office.store.run(profiles.pin, office.desk, office.now)
    with pytest.raises(Misconfigured, match=r"2027\.1 is not in use yet"):
        await reapply(office, version("2027.1", budget="2h"))
    with pytest.raises(Misconfigured, match=r"2026\.12 is not in use yet"):
        await reapply(office, version("2026.12", budget="2h"))
    assert (await office.sees()).due.at == shanghai("2026-11-23 14:00")


async def test_a_version_never_changes_its_content(office: Office) -> None:
    await office.store.run(profiles.pin, office.desk, office.now)
    with pytest.raises(Misconfigured, match="give the changed profile a new version"):
        await office.store.run(profiles.pin, desk(version("2026.12", budget="2h")), office.now)


async def test_what_a_due_time_depends_on_is_read_from_open_orders(office: Office) -> None:
    await office.take(raising(office.now, due_at="2026-11-23T05:00:00Z"))
    (order,) = await office.store.read(profiles.open_orders)
    assert (order.key, order.class_code, order.profile) == ("jd:A-17", "crc", ("jd-pop", "2026.12"))
    assert order.platform_due == datetime(2026, 11, 23, 5, tzinfo=UTC)
    await office.take(event("work_order.closed", office.now))
    assert await office.store.read(profiles.open_orders) == []


async def test_the_operator_is_told_once_that_the_holidays_end(office: Office) -> None:
    office.desk = desk(rules("template"))
    office.now = shanghai("2026-10-20 10:00")
    assert not await office.store.run(profiles.warn_of_horizon, office.now, office.desk)
    office.now = shanghai("2026-11-23 10:00")
    found = [await office.store.run(audit.audit, office.now, office.now, office.desk) for _ in range(2)]
    assert found == [["holidays_end"], []]
    (alarm,) = [each.intent.args for each in await office.sends() if each.intent.what is What.OPERATOR]
    assert alarm["facts"] == {"profile": "template 1", "until": "2026-12-31"}
