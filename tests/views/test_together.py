"""One answer for several orders, as it is shown: Slack takes it with the worst that people write."""

from __future__ import annotations

import pytest

from coopbot.domain.alike import MOST, Alike
from coopbot.domain.sensitive import Sensitive
from coopbot.domain.together import Group, Look, Outcome, preset_of
from coopbot.domain.work_order import OrderKey, Reply
from coopbot.errors import Refusal
from coopbot.views import ids
from coopbot.views.card import card
from coopbot.views.together import final_modal, outcome_modal, preview_modal, read_choice, read_each, together_modal
from tests.support.block_kit import faults, mrkdwn, texts, view_faults
from tests.support.office import A17
from tests.support.world import ANA
from tests.views.orders import LANGUAGES, MORNING, NASTY, NASTY_LONG, claimed, nasty, seen

LAST = Reply("r1", NASTY_LONG, ANA, MORNING)
OTHERS = tuple(OrderKey("jd", f"A-{n}") for n in range(MOST - 1))
MANY_FIELDS = " ".join(f"{{field_{n}}}" for n in range(20))
ASKING = "{order_no} {tracking_no} {promised_at} {description} " + "长" * 400


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_slack_takes_all_of_it(language: str) -> None:
    t = LANGUAGES[language]
    bad, claimed_by_her = nasty(), seen(claimed(), people={ANA: NASTY})
    message = card(bad, t, like=Alike(OTHERS, LAST))
    assert faults(message.text, message.blocks) == []
    skipped = [Outcome(key, Refusal("claimed_by_other", by=ANA, at=MORNING)) for key in OTHERS]
    for view in (
        together_modal([bad] * 1, Alike(OTHERS, LAST), bad.order.key, t),
        together_modal([seen(work_order_no="A-1")] * 1, Alike((), None), bad.order.key, t),
        together_modal([claimed_by_her] * 1, Alike((), None), bad.order.key, t, start=claimed_by_her.presets[0]),
        preview_modal(Group((bad,) * MOST, preset_of(ASKING), language, "0" * 16), t),
        preview_modal(Group((bad,) * MOST, preset_of(MANY_FIELDS), language, "0" * 16), t),
        final_modal([Look(bad, NASTY_LONG, Sensitive(amount=10**9), filled=True)] * MOST, "0" * 16, t),
        outcome_modal([Outcome(OTHERS[0]), *skipped], t, MORNING, {ANA: NASTY}),
    ):
        assert view_faults(view) == []
        assert not [text for text in mrkdwn(view) if "<!channel>" in text or "<@U1>" in text]


@pytest.mark.parametrize(
    ("found", "said", "together"),
    [
        (Alike(OTHERS[:3], LAST), "3 like this", True),
        (Alike(OTHERS, None), f"{MOST - 1} or more like this", True),
        (Alike((), LAST), "last answered", False),
        (Alike((), None), "", False),
        (None, "", False),
    ],
)
def test_the_card_says_how_many_and_offers_it_only_then(found: Alike | None, said: str, together: bool) -> None:
    message = card(seen(language="en"), LANGUAGES["en"], like=found)
    lines = [text for block in message.blocks for text in texts(block)]
    assert any("like this" in line or "last answered" in line for line in lines) is bool(said)
    assert any(said in line for line in lines)
    there = [block["accessory"]["action_id"] for block in message.blocks if "accessory" in block]
    assert (ids.TOGETHER in there) is together


@pytest.mark.parametrize(
    ("language", "facts", "said"),
    [
        ("en", {"product": "SKU-1"}, "1 like this (same consumer, same product, same courier batch)"),
        ("en", {"title": "Red dress"}, "1 like this (same consumer, same title, same courier batch)"),
        ("zh-CN", {"product": "SKU-1"}, "另有 1 张类似工单（消费者相同、商品相同、物流批次相同）"),
    ],
)
def test_it_says_what_they_have_in_common(language: str, facts: dict[str, str], said: str) -> None:
    it = seen(language=language, **facts)
    message = card(it, LANGUAGES[language], like=Alike(OTHERS[:1], None, ("consumer", "subject", "batch")))
    assert said in str(message.blocks).replace("*", "")


def test_what_a_colleague_has_is_there_but_not_ticked() -> None:
    hers, free = seen(claimed(), language="en"), seen(language="en")
    for user, ticked in (("U0LEAD", 1), (ANA, 2)):
        boxes = together_modal([hers, free], Alike((), None), A17, LANGUAGES["en"], user=user)["blocks"][0]["element"]
        assert len(boxes["initial_options"]) == ticked
        assert boxes["options"][0]["description"]["text"].startswith("Wang Fang has it · ")


def test_the_words_of_a_ready_answer_come_into_a_field_of_their_own() -> None:
    it, t = seen(language="en"), LANGUAGES["en"]
    bare = together_modal([it], Alike((), None), A17, t)["blocks"]
    begun = together_modal([it], Alike((), None), A17, t, start=it.presets[0])
    assert [option["value"] for option in bare[1]["element"]["options"]] == [each.code for each in it.presets]
    assert begun["blocks"][2]["element"]["initial_value"] == it.presets[0].text
    assert begun["blocks"][2]["block_id"] != bare[2]["block_id"]
    values = {begun["blocks"][2]["block_id"]: {ids.REPLY_TEXT: {"value": "今天发出"}}}
    assert read_choice(values) == ([], "今天发出")


def test_it_is_read_as_it_was_filled_in() -> None:
    values = {
        ids.TOGETHER_ORDERS: {ids.TOGETHER_ORDERS: {"selected_options": [{"value": "jd:A-1"}, {"value": "jd:A-2"}]}},
        ids.REPLY_TEXT: {ids.REPLY_TEXT: {"value": " 今天发出 "}},
    }
    assert read_choice(values) == ([OrderKey("jd", "A-1"), OrderKey("jd", "A-2")], "今天发出")
    assert read_choice({}) == ([], "")
    each = {"field:0:tracking_no": {"x": {"value": "SF1"}}, "field:2:tracking_no": {"x": {"value": "SF2"}}}
    assert read_each(each) == {0: {"tracking_no": "SF1"}, 2: {"tracking_no": "SF2"}}
