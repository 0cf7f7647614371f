"""The appeal kit: everything in order, chained, masked, with its gaps; and the accountant's file."""

from __future__ import annotations

import copy
import csv
import hashlib
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from coopbot.clock import wall
from coopbot.domain.files import HandedIn
from coopbot.domain.intent import Lane
from coopbot.domain.kit import chained, faults, file_faults, files_in
from coopbot.domain.links import Links, keys_from
from coopbot.domain.outage import OutageKind, OutageReport
from coopbot.errors import Refusal
from coopbot.services import answering, appeal_kit, export, files, outages
from coopbot.services.answering import Draft
from coopbot.views import kit as kit_view
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
    await office.take(issued("P-1", office.now, amount="30.00", work_order_no="A-17"))


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
    kept["outage:V9"]["sha256"] = "0" * 64
    assert faults(document) != []
