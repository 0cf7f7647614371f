"""A team's templates: written by leads, checked as answers are, offered where they fit, counted, never deleted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coopbot.delivery.render import render
from coopbot.delivery.rendered import Hand
from coopbot.domain.files import HandedIn
from coopbot.domain.intent import What
from coopbot.domain.lifecycle import State
from coopbot.domain.links import Links, keys_from
from coopbot.domain.template import Template
from coopbot.domain.wording import filled, needed, preview
from coopbot.errors import Misconfigured, Refusal
from coopbot.services import answering, looking, template_file, templates
from coopbot.services.answering import Draft
from coopbot.store import OpenStore
from coopbot.views.language import Catalogues
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BOSS, LEAD, a_desk

OURS = Template("", "今晚补发", "订单 {order_no} 今晚 20:00 前补发,单号 {tracking_no}。")


async def save(office: Office, template: Template = OURS, user: str = LEAD) -> Template:
    return await office.store.run(templates.save, office.now, office.desk, user, "flagship", template)


async def offered(office: Office) -> list[str]:
    it, _ = await office.store.read(looking.for_member, office.now, office.desk, ANA, A17)
    return [preset.labels["en"] for preset in it.presets if preset.code.startswith("t-")]


async def test_it_is_offered_beside_the_others_and_asks_for_what_is_missing(office: Office) -> None:
    await office.take(raising(office.now, order_no="O-1"))
    made = await save(office)
    assert await offered(office) == ["今晚补发"]
    it, _ = await office.store.read(looking.to_answer, office.now, office.desk, ANA, A17)
    preset = looking.preset(it, made.code)
    assert needed(preset, it.order) == ("tracking_no",)
    assert preview(preset, it.order) == "订单 O-1 今晚 20:00 前补发,单号 ＿＿。"


@pytest.mark.parametrize("within", ["soon", "0s", "24"])
async def test_what_is_no_length_of_time_can_not_be_promised(office: Office, within: str) -> None:
    with pytest.raises(Refusal, match="template_within"):
        await save(office, replace(OURS, within=within))
    rows = [{**OURS.plain(), "within": within}]
    with pytest.raises(Misconfigured, match="template_within"):
        await office.store.run(template_file.imported, office.now, office.desk, "flagship", rows, "file")
    made = await save(office, replace(OURS, within="2d"))
    assert made.preset.promises is not None
    assert made.preset.promises.within == timedelta(days=2)


async def test_its_use_is_counted_once_and_the_platform_is_not_told_a_code_it_does_not_know(office: Office) -> None:
    await office.take(raising(office.now, order_no="O-1"))
    made = await save(office)
    it, _ = await office.store.read(looking.to_answer, office.now, office.desk, ANA, A17)
    fields = {"tracking_no": "SF1234567"}
    text = filled(made.preset, it.order, {"tracking_no": "SF1234567"}, it.rules, office.now).text
    draft = Draft(text, made.code, fields, "V1")
    for _ in range(2):
        await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
        seen = await office.sees()
    assert seen.state is State.REPLIED
    _, _, uses = await office.store.read(templates.listed, office.desk, LEAD, "flagship")
    assert uses == {made.code: 1}
    (owed,) = [each for each in await office.sends() if each.intent.what is What.REPLY]
    handed = await office.store.read(render, office.now, office.desk, Catalogues(), owed)
    assert isinstance(handed, Hand)
    assert handed.payload["preset_code"] is None
    assert handed.payload["text"] == draft.text


async def test_an_answer_that_was_stopped_is_no_use_of_it(office: Office) -> None:
    await office.take(raising(office.now))
    made = await save(office, replace(OURS, text="今晚 20:00 前补发,请放心等待"))
    for end in ("undone", "elsewhere"):
        draft = Draft(made.text, made.code, view=end)
        await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, end)
        assert (await office.store.read(templates.listed, office.desk, LEAD, "flagship"))[2] == {made.code: 1}
        if end == "undone":
            await office.store.run(answering.undo, office.now, office.desk, ANA, A17, end)
        else:
            await office.take(event("work_order.answered_elsewhere", office.now, by="客服"))
        assert (await office.store.read(templates.listed, office.desk, LEAD, "flagship"))[2] == {}


async def test_one_that_speaks_of_an_attachment_is_not_sent_without_one(office: Office) -> None:
    office.desk = replace(office.desk, links=Links("https://coopbot.example", keys_from(["secret"])))
    await office.take(raising(office.now))
    made = await save(office, replace(OURS, text="已补发,凭证见{attachment}"))
    it, _ = await office.store.read(looking.to_answer, office.now, office.desk, ANA, A17)
    assert needed(made.preset, it.order) == ("attachment",)
    text = filled(made.preset, it.order, {}, it.rules, office.now).text
    assert text == "已补发,凭证见附件"
    for handed in ((), (HandedIn("F1", "a.jpg", 5),)):
        draft = Draft(text, made.code, view="V1", files=handed)
        sends = office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
        if handed:
            await sends
            continue
        with pytest.raises(Refusal, match="missing_field"):
            await sends
    assert [reply.text for reply in (await office.order()).replies] == [text]


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({"scene": "urge_shipping"}, True),
        ({"scene": "invoice"}, False),
        ({"shop": "10001"}, True),
        ({"shop": "10002"}, False),
        ({"language": "zh-CN"}, True),
        ({"language": "en"}, False),
        ({"retired": True}, False),
    ],
)
async def test_it_is_offered_where_it_fits(office: Office, changes: dict[str, str], there: bool) -> None:
    await office.take(raising(office.now))
    await save(office, replace(OURS, **changes))
    assert bool(await offered(office)) is there


async def test_retired_it_is_kept_and_may_come_back(office: Office) -> None:
    await office.take(raising(office.now))
    made = await save(office)
    for shown in ([], ["今晚补发"]):
        await office.store.run(templates.retire, office.now, office.desk, LEAD, "flagship", made.code)
        assert await offered(office) == shown


async def test_editing_keeps_its_code_and_only_leads_may(office: Office) -> None:
    made = await save(office)
    again = await save(office, replace(made, text="今晚 21:00 前补发,请放心等待"))
    _, known, _ = await office.store.read(templates.listed, office.desk, LEAD, "flagship")
    assert [(each.code, each.text, each.by) for each in known] == [(made.code, again.text, LEAD)]
    with pytest.raises(Refusal, match="only_leads"):
        await save(office, replace(made, text="x" * 20), user=ANA)
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(templates.retire, office.now, office.desk, ANA, "flagship", made.code)
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.read(templates.listed, office.desk, ANA, "flagship")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "template_name"),
        ({"name": "长" * 71}, "template_name"),
        ({"text": "  "}, "empty_answer"),
        ({"text": "好" * 501}, "too_long"),
        ({"text": "请等待 {order_no"}, "template_brace"),
        ({"text": "请等待 {order no} 更新"}, "template_brace"),
        ({"name": "另一个"}, "template_twice"),
    ],
)
async def test_what_could_not_be_sent_is_not_saved(office: Office, changes: dict[str, str], code: str) -> None:
    await save(office, replace(OURS, name="另一个"))
    with pytest.raises(Refusal, match=code):
        await save(office, replace(OURS, **changes))
    _, known, _ = await office.store.read(templates.listed, office.desk, LEAD, "flagship")
    assert len(known) == 1


async def test_it_is_previewed_with_a_real_order_that_it_fits(office: Office) -> None:
    made = await save(office, replace(OURS, scene="urge_shipping"))
    example = (templates.example, office.now, office.desk, "flagship")
    assert await office.store.read(*example, made) is None
    await office.take(raising(office.now))
    seen = await office.store.read(*example, made)
    assert seen is not None
    assert seen.order.key == A17
    assert await office.store.read(*example, replace(made, scene="invoice")) is None


async def test_exported_and_imported_again_it_is_the_same(office: Office) -> None:
    await save(office)
    await save(office, replace(OURS, name="另一个", scene="invoice", retired=True))
    rows = json.loads(json.dumps(await office.store.read(template_file.exported, office.desk, "flagship")))
    other = (template_file.imported, office.now, office.desk, "fallback", rows, "x.json")
    assert await office.store.run(*other) == 2
    assert await office.store.run(*other) == 2
    assert await office.store.read(template_file.exported, office.desk, "fallback") == rows


async def test_a_file_with_mistakes_is_taken_not_at_all_and_all_are_named(office: Office) -> None:
    rows = [OURS.plain(), {"name": "", "text": "今天发"}, 7, {"name": "x", "text": ""}]
    with pytest.raises(Misconfigured) as told:
        await office.store.run(template_file.imported, office.now, office.desk, "flagship", rows, "x.json")
    assert [mistake.key for mistake in told.value.mistakes] == ["[1]", "[2]", "[3]"]
    assert await office.store.read(template_file.exported, office.desk, "flagship") == []


async def test_leads_who_save_in_the_same_instant_lose_nothing(store: OpenStore) -> None:
    office = Office(store, a_desk())
    made = await save(office, replace(OURS, name="旧"))
    saves = [save(office, replace(OURS, name=f"新 {n}")) for n in range(10)]
    retires = office.store.run(templates.retire, office.now, office.desk, LEAD, "flagship", made.code)
    await asyncio.gather(*saves, retires)
    _, known, _ = await office.store.read(templates.listed, office.desk, LEAD, "flagship")
    assert {each.name: each.retired for each in known} == {"旧": True, **{f"新 {n}": False for n in range(10)}}


async def test_who_edits_what_another_has_changed_meanwhile_is_told_so(office: Office) -> None:
    made = await save(office)
    theirs = replace(made, text="今晚 21:00 前补发,请放心等待")
    edit = (templates.save, office.now, office.desk)
    await office.store.run(*edit, BOSS, "flagship", theirs, made.mark)
    await office.store.run(*edit, BOSS, "flagship", theirs, made.mark)  # delivered twice: no other edit
    with pytest.raises(Refusal) as refused:
        await office.store.run(*edit, LEAD, "flagship", replace(made, text="今晚 22:00 前补发"), made.mark)
    assert (refused.value.code, refused.value.facts["by"]) == ("template_changed", BOSS)
    _, known, _ = await office.store.read(templates.listed, office.desk, LEAD, "flagship")
    assert [each.text for each in known] == [theirs.text]


async def test_a_lead_takes_a_file_in_and_everything_done_is_in_a_trail_that_only_grows(office: Office) -> None:
    made = await save(office)
    await office.store.run(
        templates.save, office.now, office.desk, LEAD, "flagship", replace(made, within="2d"), made.mark
    )
    await office.store.run(templates.retire, office.now, office.desk, BOSS, "flagship", made.code)
    take = (template_file.taken_in, office.now, office.desk)
    rows = [
        {"name": "新", "text": "今晚 21:00 前补发,请放心等待"},
        {"name": "", "text": "x"},
        {"name": "坏", "text": "{"},
    ]
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(*take, ANA, "flagship", rows[:1])
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.read(template_file.exported, office.desk, "flagship", ANA)
    taken, faults = await office.store.run(*take, BOSS, "flagship", rows)
    assert (taken, [(index, why.code) for index, why in faults]) == (0, [(1, "template_name"), (2, "template_brace")])
    assert (await office.store.run(*take, BOSS, "flagship", rows[:1])) == (1, ())
    await office.store.run(*take, BOSS, "flagship", [(await kept(office))[made.code]])  # as it was: no line

    deeds = await office.store.read(template_file.history, office.desk, "flagship")
    assert [(each.act, each.by, each.where) for each in deeds] == [
        ("written", LEAD, "slack:modal"),
        ("edited", LEAD, "slack:modal"),
        ("retired", BOSS, "slack:button"),
        ("imported", BOSS, "slack:modal"),
    ]
    assert [(each.before.get("within"), each.after["within"]) for each in deeds[:2]] == [(None, ""), ("", "2d")]
    assert (deeds[2].before["retired"], deeds[2].after["retired"]) == (False, True)
    assert deeds[3].after["text"] == rows[0]["text"]


async def kept(office: Office) -> dict[str, Any]:
    rows = await office.store.read(template_file.exported, office.desk, "flagship")
    return {row["code"]: row for row in rows}


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe", b"1"])
def test_what_is_no_file_of_templates_is_said(content: bytes) -> None:
    with pytest.raises(Refusal, match="no_template_file"):
        template_file.rows_of(content)
    assert template_file.rows_of("\ufeff[]".encode()) == []
