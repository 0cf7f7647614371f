"""What is read while an answer waits for a second person: on the card, in the request, in lists and reminders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coopbot.domain.approval import Standing, requests
from coopbot.domain.approval_rules import Case, OwnApproval
from coopbot.domain.files import HandedIn
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, ShopKey
from coopbot.views import ids
from coopbot.views.approval import Asking, decline_modal, request, send_alone_modal, settled
from coopbot.views.card import card
from coopbot.views.reminder import ReminderItem, reminder
from coopbot.views.status import status
from tests.support.block_kit import elements
from tests.support.world import ANA, BOSS, LEAD, a_desk, a_team, shanghai
from tests.views.facts import Standing as Facts
from tests.views.orders import LANGUAGES, asked, claimed, seen

NOON = shanghai("2026-11-23 12:00")
ENDS = shanghai("2026-11-23 09:25")
ZH, EN = LANGUAGES["zh-CN"], LANGUAGES["en"]


def desk(*when: Case) -> Desk:
    return a_desk(a_team(approval=OwnApproval(when=when)), shop_names={ShopKey("jd", "10001"): "Flagship"})


def waiting(language: str = "en", *when: Case, **facts: object) -> Seen:
    return seen(claimed(), asked(), language=language, desk=desk(*(when or (Case(),))), **facts)


@pytest.mark.parametrize(
    ("news", "called", "said"),
    [
        ("asked", (LEAD,), "<@U0LEAD> Wang Fang asks for your approval by 09:25; the answer leaves only with it."),
        ("next", (BOSS,), "<@U0BOSS> no word from Chen Jing: can you approve Wang Fang's answer by 09:25?"),
        ("next", (LEAD,), "<@U0LEAD> Wang Fang's answer still waits for your approval, until 09:25."),
        ("asked", (), "Nobody is there now who may approve Wang Fang's answer; it can be sent with a reason."),
        ("end", (), "<@U0ANA>: nobody has approved the answer; you can send it with a reason."),
        (
            "end",
            (LEAD, BOSS),
            "<@U0LEAD> <@U0BOSS> nobody has approved the answer yet: "
            "approve it now, or <@U0ANA> sends it with a reason.",
        ),
    ],
)
def test_the_lock_screen_says_what_is_wanted_of_whom(news: str, called: tuple[str, ...], said: str) -> None:
    it = waiting()
    (waits,) = requests(it.order)
    assert request(it, waits, Asking(news, called, ENDS, alone=False), EN).text == said


def test_what_goes_along_is_named_to_who_decides() -> None:
    it = waiting()
    (bare,) = requests(it.order)
    waits = replace(bare, answer={**bare.answer, "files": [HandedIn("F1", "照片.jpg", 5).to_json()]})
    message = request(it, waits, Asking("asked", (LEAD,), ENDS, alone=False), EN)
    for blocks in (message.blocks, decline_modal(it, waits, EN)["blocks"], send_alone_modal(it, waits, EN)["blocks"]):
        assert "Attached: 照片.jpg" in str(blocks)


@pytest.mark.parametrize("alone", [True, False])
def test_the_way_alone_is_offered_only_when_it_is_open(alone: bool) -> None:
    it = waiting()
    (waits,) = requests(it.order)
    pressed = [each["action_id"] for each in elements(request(it, waits, Asking("asked", (), ENDS, alone), EN).blocks)]
    assert pressed == [ids.APPROVE, ids.DECLINE, ids.WITHDRAW] + [ids.SEND_ALONE] * alone


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (Case(), "A second person approves such answers before they leave."),
        (Case(classes=("crc",)), "A second person approves such answers before they leave: CRC."),
        (
            Case(scenes=("urge_shipping",), over=50000),
            "A second person approves such answers before they leave: Urge shipping · more than ¥500.00.",
        ),
    ],
)
def test_one_line_says_why(case: Case, why: str) -> None:
    it = waiting("en", case, amount="899.00")
    (waits,) = requests(it.order)
    blocks = request(it, waits, Asking("asked", (LEAD,), ENDS, alone=False), EN).blocks
    assert blocks[2]["elements"][0]["text"] == why


def test_the_card_a_list_and_a_reminder_say_for_whom_it_waits() -> None:
    for language, said in (("en", "waiting for Chen Jing's approval since"), ("zh-CN", "起等待陈静审批")):
        t, it = LANGUAGES[language], waiting(language)
        assert said in card(it, t).blocks[0]["text"]["text"]
        assert said in str(status(Facts([it], names=dict(it.names)), t, it.now).blocks)
        item = ReminderItem(replace(it, now=NOON), "75", (ANA, LEAD), "claimant")
        assert said in reminder([item], t, NOON).blocks[0]["text"]["text"]
    assert "1 waiting for approval" in status(Facts([waiting()]), EN, NOON).text
    item = ReminderItem(waiting(), "75", (ANA, LEAD), "claimant")
    assert "<@U0LEAD> (to approve)" in reminder([item], EN, NOON).text


def test_a_button_that_leads_to_an_approval_asks_nothing_itself() -> None:
    offered = [{"code": "today", "label": "今天发出"}]
    for when, asks in (((), True), ((Case(),), False)):
        it = seen(claimed(), language="en", desk=desk(*when), presets=offered)
        (button,) = [e for e in elements(card(it, EN).blocks) if str(e["action_id"]).startswith(ids.PRESET)]
        assert ("confirm" in button) is asks
        crowd = seen(
            claimed(),
            desk=desk(*when),
            presets=[{"code": f"c{n}", "label": "发出"} for n in range(6)],
            **{"class": "general"},
        )
        (menu,) = [e for e in elements(card(crowd, EN).blocks) if e["action_id"] == ids.PRESET_MENU]
        assert ("confirm" in menu) is asks


@pytest.mark.parametrize(
    ("standing", "en"),
    [
        (Standing.APPROVED, "Chen Jing approved Wang Fang's answer at 09:20."),
        (Standing.DECLINED, "Chen Jing declined Wang Fang's answer at 09:20: “no number”."),
        (Standing.OVERRIDDEN, "Wang Fang sent the answer at 09:20 without approval: “no number”."),
        (Standing.WITHDRAWN, "Wang Fang's answer is withdrawn; nothing left to approve."),
    ],
)
def test_what_became_of_it_stands_in_its_place_without_buttons(standing: Standing, en: str) -> None:
    it = waiting()
    at = shanghai("2026-11-23 09:20")
    became = replace(requests(it.order)[0], standing=standing, settled_by=LEAD, settled_at=at, reason="no number")
    message = settled(it, became, EN)
    assert message.text == en
    assert not list(elements(message.blocks))


def test_a_click_names_its_request_and_its_order() -> None:
    it = waiting()
    (waits,) = requests(it.order)
    first = next(iter(elements(request(it, waits, Asking("asked", (LEAD,), ENDS, alone=False), EN).blocks)))
    click = ids.read_click(first)
    assert (click.name, click.order, click.subject) == (ids.APPROVE, it.order.key, "r1")
