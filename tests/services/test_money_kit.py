"""The appeal kit: everything in order, chained, masked, with its gaps; and the accountant's file."""

from __future__ import annotations

import ast
import copy
import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.clock import wall
from coopbot.domain.files import HandedIn
from coopbot.domain.intent import Lane
from coopbot.domain.kit import chained, faults, faults_in, file_faults, files_in, written
from coopbot.domain.links import Links, keys_from
from coopbot.domain.outage import OutageKind, OutageReport
from coopbot.domain.people import Person
from coopbot.errors import Refusal
from coopbot.services import answering, appeal_kit, export, files, outages
from coopbot.services.answering import Draft
from coopbot.views import kit as kit_view
from coopbot.views.kit_words import GAPS
from coopbot.views.language import Catalogues
from coopbot.views.text import masked_contact
from tests.support.money import SHOP, issued, revoked
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, LEAD

CONSUMER = {"name": "王小明", "contact": "13812345678"}


async def with_penalty(office: Office) -> None:
    """An order answered late, and the fine for it."""
    words = "请打 13912345678 联系我"
    await office.take(raising(office.now, consumer=CONSUMER, content=words))
    await office.tells_card()
    office.later(hours=5)
    await office.sweep()
    await office.answer()
    await office.delivers_reply()
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17", appeal_until="2026-12-01"))


async def built(office: Office, **more: Any) -> dict[str, Any]:
    return await office.store.read(appeal_kit.build, office.now, office.desk, LEAD, "penalty:jd:P-1", **more)


async def test_the_kit_tells_the_whole_story(office: Office) -> None:
    await with_penalty(office)
    document = await built(office)
    kinds = [record["kind"] for record in document["records"]]
    for kind in ("penalty", "ledger", "policy", "due", "raised", "told", "breached", "reply_queued", "reply_delivered"):
        assert kind in kinds
    sent = [record["data"] for record in document["records"] if record["kind"] == "sent"]
    assert ("reply", "ok") in [(each["what"], each["receipt"]) for each in sent]
    policy = next(record["data"] for record in document["records"] if record["kind"] == "policy")
    assert policy["digest"] == office.desk.profile.digest
    assert faults(document) == []
    json.dumps(document)


async def test_consumer_data_is_masked_unless_asked_for_whole(office: Office) -> None:
    await with_penalty(office)
    masked = json.dumps(await built(office), ensure_ascii=False)
    whole = json.dumps(await built(office, whole=True), ensure_ascii=False)
    assert "13812345678" not in masked
    assert "13912345678" not in masked
    assert "王小明" not in masked
    assert masked_contact(CONSUMER["contact"]) in masked
    assert "2026-11-23T" in masked
    assert "13812345678" in whole


async def test_it_is_told_in_the_order_of_time_from_raised_to_gaps(office: Office) -> None:
    await with_penalty(office)
    document = await built(office)
    kinds = [record["kind"] for record in document["records"]]
    assert kinds[:3] == ["penalty", "policy", "due"]
    story = [record for record in document["records"][3:] if record["kind"] not in ("gap", "sent")]
    times = [record["at"] for record in story]
    assert times == sorted(times)
    told = [record["kind"] for record in story]
    wanted = ["raised", "received", "told", "breached", "reply_queued", "reply_delivered"]
    assert [kind for kind in told if kind in wanted] == wanted


async def test_the_consumer_is_masked_also_where_words_name_them(office: Office) -> None:
    words = "王小明说微信 wxid_xm88 联系"
    await office.take(raising(office.now, consumer={"name": "王小明", "contact": "wxid_xm88"}, content=words))
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, Draft("已联系王小明，今天发出"), "r1")
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17"))
    said = json.dumps(await built(office), ensure_ascii=False)
    assert "王小明" not in said
    assert "wxid_xm88" not in said
    assert "已联系王＊＊，今天发出" in said


async def test_the_page_names_people_classes_and_steps_in_the_reader_s_language(office: Office) -> None:
    await office.store.run(lambda tx: tx.people.learn([Person(ANA, name="王芳", language="zh-CN")]))
    await with_penalty(office)
    page = kit_view.files(await built(office), Catalogues(strict=True)["zh-CN"])[0][1]
    for words in (
        "王芳",
        "CRC 高危投诉",
        "非纠纷",
        "14:00:00 计时 4 小时",
        "时限</dt><dd>4 小时",
        "申诉截止</dt><dd>2026-12-01 24:00:00",
        "未按时回复",
    ):
        assert words in page, words
    for code in (">redraw<", ">card<", ">crc<", ">non_dispute<", ">counted<", ">due<", f">{ANA}<"):
        assert code not in page, code


def test_every_gap_has_its_words() -> None:
    source = Path(appeal_kit.__file__).read_text(encoding="utf-8")
    said = {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "_gap"
        and isinstance(node.args[0], ast.Constant)
    }
    assert said == GAPS


async def test_numbers_that_name_the_order_stay_whole(office: Office) -> None:
    words = "订单 657957930388，2026-11-24 18:00 前发出，请打 13912345678"
    number = "26112400001"
    url = "https://shop.example/work-orders/26112499999"
    about = {"order_no": "657957930388", "content": words, "consumer": CONSUMER, "console_url": url}
    await office.take(raising(office.now, work_order_no=number, **about))
    await office.tells_card("1795492283.122668")
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no=number))
    document = await built(office)
    (told,) = [record["data"]["data"] for record in document["records"] if record["kind"] == "told"]
    assert told["ts"] == "1795492283.122668"
    (said,) = [record["data"]["data"] for record in document["records"] if record["kind"] == "raised"]
    assert (said["work_order_no"], said["order_no"], said["console_url"]) == (number, "657957930388", url)
    assert said["content"] == f"订单 657957930388，2026-11-24 18:00 前发出，请打 {masked_contact('13912345678')}"


async def test_an_outage_s_note_is_masked_too(office: Office) -> None:
    await office.take(raising(office.now))
    report = OutageReport(OutageKind.POWER, office.now, note="电工 13700001111")
    await office.store.run(outages.report, office.now, office.desk, ANA, "C0FLAG", report, "V1")
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17"))
    assert "13700001111" not in json.dumps(await built(office), ensure_ascii=False)


async def test_gaps_are_shown_as_gaps(office: Office) -> None:
    await office.take(raising(office.now))
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17"))
    gaps = [record["data"]["what"] for record in (await built(office))["records"] if record["kind"] == "gap"]
    assert gaps == [
        "no record that the team's channel showed the order",
        "no record that anybody took the order",
        "no reply was given here",
    ]
    await office.take(issued("P-2", office.now, amount="30.00"))
    document = await office.store.read(appeal_kit.of_number, office.now, office.desk, "P-2", False)
    assert document["records"][-1]["data"]["what"] == "the penalty names no order that was raised to us"


async def test_only_leads_build_kits_and_only_of_what_was_issued(office: Office) -> None:
    await with_penalty(office)
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.read(appeal_kit.build, office.now, office.desk, ANA, "penalty:jd:P-1")
    for key in ("penalty:jd:P-9", "breach:jd:A-17"):
        with pytest.raises(Refusal, match="unknown_penalty"):
            await office.store.read(appeal_kit.build, office.now, office.desk, LEAD, key)


def test_any_change_breaks_the_chain() -> None:
    document = chained([{"kind": "penalty", "at": "x", "data": {"n": n}} for n in range(5)])
    assert faults(document) == []

    def changed(change: Any) -> list[str]:
        other = copy.deepcopy(document)
        change(other)
        return faults(other)

    assert changed(lambda d: d["records"][2]["data"].update(n=9))
    assert changed(lambda d: d["records"].pop(2))
    assert changed(lambda d: d["records"].pop())
    assert changed(lambda d: d["records"].reverse())
    assert changed(lambda d: d.update(head="0" * 64))
    assert changed(lambda d: d.update(records=[]))
    assert faults([]) == faults({}) == ["this is no coopbot-appeal-kit/1"]


@given(data=st.data())
def test_any_changed_byte_of_the_file_is_found(data: st.DataObject) -> None:
    records = [{"kind": "note", "at": "x", "data": {"n": n, "text": "停电 “a” \\ \n"}} for n in range(3)]
    content = written(chained(records)).encode()
    assert faults_in(content) == []
    place = data.draw(st.integers(0, len(content) - 1))
    bytes_ = st.sampled_from(b" \n\t\r0ae") | st.integers(0, 255)  # blanks change nothing that JSON says
    other = data.draw(bytes_.filter(lambda byte: byte != content[place]))
    try:
        found = faults_in(content[:place] + bytes([other]) + content[place + 1 :])
    except ValueError:  # not even JSON any more: refused too
        return
    assert found != []


def test_a_file_that_was_written_anew_is_found() -> None:
    content = written(chained([{"kind": "note", "at": "x", "data": {}}])).encode()
    for other in (content.replace(b"\n", b" ", 1), content + b"\n", content.replace(b"\n", b"\r\n")):
        assert faults_in(other) == ["the records say the same, but the file is not the one that was written"]


async def test_gaps_are_said_in_the_reader_s_language_and_times_on_the_zone_s_clock(office: Office) -> None:
    await office.take(raising(office.now, content="<b>停电</b>"))
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17"))
    document = await built(office)
    page = kit_view.files(document, Catalogues(strict=True)["zh-CN"])[0][1]
    for words in ("没有在此回复过", "缺失 3 处", "2026-11-23 14:00:00", "¥30.00", "&lt;b&gt;停电&lt;/b&gt;"):
        assert words in page
    assert document["head"] in kit_view.handed_over(document, Catalogues(strict=True)["en"])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_page_escapes_what_came_from_outside(office: Office, language: str) -> None:
    await office.take(raising(office.now, content="<script>alert(1)</script>"))
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17"))
    (page_name, page), (records_name, records) = kit_view.files(await built(office), Catalogues(strict=True)[language])
    assert (page_name, records_name) == ("appeal-P-1.html", "appeal-P-1.json")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert faults(json.loads(records)) == []


async def test_the_accountant_s_file_sums_up(office: Office) -> None:
    await office.take(
        issued("P-1", office.now, amount="30.00"),
        issued("=cmd()", office.now, amount="5.00"),
        revoked("P-1", office.now),
    )
    entries = await office.store.read(export.entries, office.desk)
    text = export.as_csv(entries, office.desk)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["penalty_no"], row["state"], row["amount"], row["currency"]) for row in rows] == [
        ("P-1", "issued", "30.00", "CNY"),
        ("'=cmd()", "issued", "5.00", "CNY"),
        ("P-1", "revoked", "-30.00", "CNY"),
    ]
    assert await office.store.read(export.entries, office.desk, "10001", "2026-10") == []
    assert len(await office.store.read(export.entries, office.desk, str(SHOP), "2026-11")) == 3


async def test_files_stand_in_it_with_their_hashes_and_what_is_not_here_as_a_gap(office: Office) -> None:
    office.desk = replace(office.desk, links=Links("https://coopbot.example", keys_from(["secret"])))
    await office.take(raising(office.now))
    said = OutageReport(
        OutageKind.POWER, office.now, shops=("jd:10001",), files=(HandedIn("F9", "停电 13812345678.jpg"),)
    )
    await office.store.run(outages.report, office.now, office.desk, ANA, "C0FLAG", said, "V9")
    draft = Draft("今天 18:00 前发出", files=(HandedIn("F1", "a.jpg"), HandedIn("F2", "b.pdf")))
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, "r1")
    for owed in [*await office.claims(Lane.PLATFORM), *await office.claims(Lane.PLATFORM)][:2]:
        await office.store.run(files.fetched, office.now, owed, wall(), f"bytes of {owed.intent.target}".encode())
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17"))

    document = await built(office)

    assert faults(document) == []
    kept = {record["data"]["of"]: record["data"] for record in document["records"] if record["kind"] == "file"}
    assert set(kept) == {"outage:V9", "reply:r1"}
    assert kept["outage:V9"]["sha256"] == hashlib.sha256(b"bytes of outage:V9").hexdigest()
    assert "13812345678" not in json.dumps(document, ensure_ascii=False)
    gaps = [record["data"]["what"] for record in document["records"] if record["kind"] == "gap"]
    assert "the file b.pdf of reply:r1 is not kept here" in gaps

    beside = dict(zip(files_in(document).values(), [b"bytes of slack", b"bytes of outage:V9"], strict=True))
    assert file_faults(document, beside.get) == []
    name = next(iter(beside))
    assert file_faults(document, {name: b"another picture"}.get) == [f"file {name} was changed"]
    nameless = {"records": [{"kind": "file", "data": {"id": "F1"}}]}
    assert file_faults(nameless, beside.get) == ["a file's record lacks its id, its name or its hash"]
    kept["outage:V9"]["sha256"] = "0" * 64
    assert faults(document) != []
