"""The team's one message of what is at risk: posted once, edited when it says something else, anew when it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coopbot.clock import wall
from coopbot.delivery.render import render
from coopbot.delivery.rendered import Edit, Moot, Post
from coopbot.domain.intent import Lane, Owed, What
from coopbot.errors import Refusal
from coopbot.ports import Refused
from coopbot.services import outcomes, risk, setbacks, telling
from coopbot.views.language import Catalogues
from coopbot.views.reckoning import reckoning_modal
from tests.support.block_kit import texts
from tests.support.money import issued
from tests.support.office import Office, raising
from tests.support.world import ANA, BOSS, OUTSIDER

LANGUAGES = Catalogues(strict=True)


async def owed(office: Office) -> Owed:
    await office.sends()
    await office.store.run(telling.glances, office.desk)
    (found,) = [each for each in await office.claims(Lane.CHAT) if each.intent.what is What.GLANCE]
    return found


async def rendered(office: Office, what: Owed) -> Post | Edit | Moot:
    made = await office.store.read(render, office.now, office.desk, LANGUAGES, what)
    assert isinstance(made, Post | Edit | Moot)
    if isinstance(made, Moot):
        await office.store.run(lambda tx: tx.outbox.drop(what, wall(), made.why))
    return made


async def shown(office: Office, what: Owed, ts: str) -> None:
    made = await rendered(office, what)
    assert not isinstance(made, Moot)
    await office.store.run(outcomes.glanced, office.now, what, wall(), ts, made.message.text)


async def test_it_is_posted_once_and_edited_from_then_on(office: Office) -> None:
    assert isinstance(await rendered(office, await owed(office)), Moot)
    await office.take(raising(office.now))
    first = await owed(office)
    posted = await rendered(office, first)
    assert isinstance(posted, Post)
    assert posted.message.text == "今日风险：1 单、警告 1 次（假定）"
    await shown(office, first, "1.1")
    again = await owed(office)
    assert isinstance(await rendered(office, again), Moot)
    await office.take(raising(office.now, work_order_no="A-18", id="e18"))
    more = await owed(office)
    changed = await rendered(office, more)
    assert isinstance(changed, Edit)
    assert changed.ts == "1.1"
    await shown(office, more, "1.1")
    await office.answer()
    fewer = await rendered(office, await owed(office))
    assert isinstance(fewer, Edit)
    assert fewer.message.text == posted.message.text


async def test_it_says_so_when_nothing_is_at_risk_any_more(office: Office) -> None:
    await office.take(raising(office.now))
    await shown(office, await owed(office), "1.1")
    await office.answer()
    quiet = await rendered(office, await owed(office))
    assert isinstance(quiet, Edit)
    assert quiet.message.text == "今天没有处罚风险。"


async def test_one_that_somebody_deleted_is_posted_anew(office: Office) -> None:
    await office.take(raising(office.now))
    await shown(office, await owed(office), "1.1")
    await office.take(raising(office.now, work_order_no="A-18", id="e18"))
    lost = await owed(office)
    gone = Refused("message_not_found")
    again = office.now + timedelta(minutes=1)
    await office.store.run(setbacks.not_delivered, office.now, office.desk, lost, wall(), gone, "drop", again)
    assert isinstance(await rendered(office, await owed(office)), Post)


async def test_how_it_is_reckoned_is_a_click_away(office: Office) -> None:
    for number in ("A-17", "A-18"):
        await office.take(raising(office.now, work_order_no=number, id=number))
    shown = await rendered(office, await owed(office))
    assert isinstance(shown, Post)
    (why,) = [block["accessory"] for block in shown.message.blocks if "accessory" in block]
    found, language = await office.store.read(risk.reckoning, office.now, office.desk, ANA, why["value"])
    said = "\n".join(texts(reckoning_modal(found, LANGUAGES[language], office.now)["blocks"]))
    assert said.index("警告（假定：本月首次）") < said.index("扣分或罚款，金额未知（假定：")
    assert "本店已下达的罚款不足 5 笔，不作估计" in said
    for n in range(5):
        await office.take(issued(f"P{n}", office.now, amount=f"{n + 1}0.00"))
    found, language = await office.store.read(risk.reckoning, office.now, office.desk, BOSS, why["value"])
    said = "\n".join(texts(reckoning_modal(found, LANGUAGES["en"], office.now)["blocks"]))
    assert "About ¥30.00 each is the median of the 5 fines issued here" in said
    with pytest.raises(Refusal, match="not_a_member"):
        await office.store.read(risk.reckoning, office.now, office.desk, OUTSIDER, why["value"])
