"""The team's one message of what is at risk: posted once, edited when it says something else, anew when it is gone."""

from __future__ import annotations

from datetime import timedelta

from coopbot.clock import wall
from coopbot.delivery.render import Edit, Moot, Post, render
from coopbot.domain.intent import Lane, Owed, What
from coopbot.ports import Refused
from coopbot.services import outcomes, setbacks, telling
from coopbot.views.language import Catalogues
from tests.support.office import Office, raising

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
