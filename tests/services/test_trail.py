"""The audit trail: every act with who, when, from where, before and after; it only ever grows."""

from __future__ import annotations

import pytest

from coopbot.domain.people import Person
from coopbot.errors import Refusal
from coopbot.handlers.cli_audit import written
from coopbot.services import answering, trail
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN


async def told(office: Office) -> list[tuple[str, str, str, str, str]]:
    lines, _ = await office.store.read(trail.of_order, office.desk, "A-17")
    return [(line.by, line.where, line.act, line.before, line.after) for line in lines]


async def test_every_act_says_who_from_where_and_what_it_changed(office: Office) -> None:
    await office.take(raising(office.now))
    await office.claim(ANA)
    await office.store.run(answering.hand_over, office.now, office.desk, ANA, A17, BEN)
    before = await told(office)
    office.later(minutes=35)
    await office.sweep()
    await office.answer(user=ANA, view="V1")
    await office.delivers_reply()
    await office.take(event("work_order.reply_accepted", office.now, reply_id="r1"))
    after = await told(office)
    assert after[: len(before)] == before
    assert after == [
        ("platform", "platform", "raised", "-", "open"),
        (ANA, "slack:button", "claimed", "open", f"claimed by {ANA}"),
        (ANA, "slack:button", "handed_over", f"claimed by {ANA}", f"claimed by {BEN}"),
        ("coopbot", "tick", "released", f"claimed by {BEN}", "open"),
        ("coopbot", "tick", "reminded", "open", "open"),
        (ANA, "slack:modal", "claimed", "open", f"claimed by {ANA}"),
        (ANA, "slack:modal", "reply_queued", f"claimed by {ANA}", f"replied by {ANA}"),
        ("platform", "platform", "reply_delivered", f"replied by {ANA}", f"replied by {ANA}"),
        ("platform", "platform", "reply_accepted", f"replied by {ANA}", f"accepted by {ANA}"),
    ]


async def test_printed_in_the_profiles_zone_with_names(office: Office) -> None:
    await office.take(raising(office.now))
    await office.claim(ANA)
    await office.store.run(lambda tx: tx.people.learn([Person(ANA, name="王芳")]))
    lines, names = await office.store.read(trail.of_order, office.desk, "A-17")
    printed = written(lines[1], names, office.desk.profile.zone)
    assert printed == f"2026-11-23T10:00:00+08:00  {ANA} (王芳)  slack:button  claimed  [open → claimed by {ANA}]  {{}}"


async def test_an_unknown_number_is_said(office: Office) -> None:
    with pytest.raises(Refusal, match="unknown_order"):
        await office.store.read(trail.of_order, office.desk, "A-99")
