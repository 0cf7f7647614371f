"""Files of an answer: it waits for them, is never sent without, and its author hears when one can't be had."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coopbot.clock import wall
from coopbot.delivery.render import render
from coopbot.delivery.rendered import Hand, Moot
from coopbot.domain.files import HandedIn
from coopbot.domain.intent import Lane, Owed, What
from coopbot.domain.lifecycle import State
from coopbot.domain.links import Links, keys_from
from coopbot.domain.outage import OutageKind, OutageReport
from coopbot.domain.team import Connection, OperationsManager
from coopbot.domain.work_order import ReplyState
from coopbot.errors import Refusal, Trouble
from coopbot.ports import Tx
from coopbot.services import answering, asking, drafts, files, outages
from coopbot.services.answering import Draft
from coopbot.views.language import Catalogues
from tests.support.databases import a_store
from tests.support.office import A17, Office, raising
from tests.support.world import ANA, a_desk

TEXT = "今天 18:00 前发出，照片见附件"
PHOTO, BILL = HandedIn("F1", "a.jpg", 5), HandedIn("F2", "b.pdf", 5)
PROOF = {"code": "proof", "label": "已核实，凭证见附件", "requires": ["attachment"]}
LINKS = Links("https://coopbot.example", keys_from(["secret"]))
TOLD = Connection("jd", confirms=True, operations_manager=OperationsManager("U0JD", "https://jd.example/outage"))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_store(f"sqlite:///{tmp_path}/office.db") as store:
        made = Office(store, a_desk(links=LINKS, connections={"jd": TOLD}))
        await made.take(raising(made.now, presets=[PROOF]))
        yield made


async def answers(office: Office, *handed: HandedIn, id: str = "r1", **how: Any) -> None:
    draft = Draft(how.pop("text", TEXT), files=handed, **how)
    await office.store.run(answering.answer, office.now, office.desk, ANA, A17, draft, id)


async def fetches(office: Office) -> Owed:
    """The only thing that may leave for the platform's lane now: a file to be had."""
    (owed,) = await office.claims(Lane.PLATFORM)
    assert owed.intent.what is What.FETCH
    return owed


async def comes(office: Office, owed: Owed, content: bytes = b"photo") -> None:
    await office.store.run(files.fetched, office.now, owed, wall(), content)


async def is_lost(office: Office, owed: Owed, code: str = "login_page") -> None:
    await office.store.run(files.lost, office.now, office.desk, owed, wall(), code)


async def renders(office: Office, owed: Owed) -> Any:
    return await office.store.read(render, office.now, office.desk, Catalogues(), owed)


async def notes(office: Office) -> list[Any]:
    return [(each.intent.args.get("code"), each.intent.args.get("facts")) for each in await office.sends()]


async def test_an_answer_waits_for_each_of_its_files(office: Office) -> None:
    await answers(office, PHOTO, BILL)
    for _ in range(2):
        await comes(office, await fetches(office))
    (reply,) = await office.claims(Lane.PLATFORM)
    hand = await renders(office, reply)
    assert isinstance(hand, Hand)
    names = [(each["name"], each["mime"], each["size"]) for each in hand.payload["attachments"]]
    assert names == [("a.jpg", "image/jpeg", 5), ("b.pdf", "application/pdf", 5)]
    assert await renders(office, reply) == hand, "a retry carries the same links"


async def test_it_is_never_rendered_without(office: Office) -> None:
    await answers(office, PHOTO)
    owed = await fetches(office)
    await office.store.run(lambda tx: tx.outbox.drop(owed, wall(), "by hand"))
    (reply,) = await office.claims(Lane.PLATFORM)
    with pytest.raises(Trouble, match="r1"):
        await renders(office, reply)


async def test_a_file_that_cannot_be_had_gives_the_words_back(office: Office) -> None:
    await answers(office, PHOTO, BILL)
    await is_lost(office, await fetches(office))

    order = await office.order()
    assert order.replies[0].state is ReplyState.FAILED
    assert (await office.sees()).state is State.CLAIMED
    assert await office.claims(Lane.PLATFORM) == [], "neither the answer nor its other file"
    assert await office.store.read(drafts.read, office.now, ANA, A17) == TEXT
    told = dict(await notes(office))
    assert (told["file_lost"]["file"], told["file_lost"]["text"]) == ("a.jpg", TEXT)
    assert told["files_refused"]["code"] == "login_page"
    await answers(office, PHOTO, id="r2")
    await comes(office, await fetches(office))
    assert [each.intent.what for each in await office.claims(Lane.PLATFORM)] == [What.REPLY]


async def test_what_is_the_files_own_fault_alarms_nobody(office: Office) -> None:
    await answers(office, PHOTO)
    await is_lost(office, await fetches(office), "file_deleted")
    assert "files_refused" not in dict(await notes(office))


async def test_undone_it_is_not_fetched_any_more(office: Office) -> None:
    await answers(office, PHOTO)
    await office.store.run(answering.undo, office.now, office.desk, ANA, A17)
    assert await office.claims(Lane.PLATFORM) == []


async def test_a_file_that_comes_after_the_answer_was_stopped_harms_nothing(office: Office) -> None:
    await answers(office, PHOTO)
    owed = await fetches(office)
    await office.store.run(answering.undo, office.now, office.desk, ANA, A17)
    await comes(office, owed)
    assert isinstance(await renders(office, owed), Moot)
    assert await office.claims(Lane.PLATFORM) == []


async def test_the_same_words_with_another_file_replace_the_first(office: Office) -> None:
    await answers(office, PHOTO, view="V1")
    await answers(office, PHOTO, view="V1", id="r2")
    assert [reply.state for reply in (await office.order()).replies] == [ReplyState.QUEUED]
    await answers(office, BILL, view="V1", id="r2")
    assert [reply.state for reply in (await office.order()).replies] == [ReplyState.CANCELLED, ReplyState.QUEUED]
    assert (await fetches(office)).intent.args["file"] == (await office.store.read(_of, "reply:r2"))[0]


async def test_a_preset_is_not_sent_without_the_file_it_needs(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        await answers(office, text="已核实，凭证见附件", preset_code="proof")
    assert (why.value.code, why.value.facts["block"]) == ("missing_field", "field:attachment")
    office.desk = replace(office.desk, links=None)
    for handed in ((), (PHOTO,)):
        with pytest.raises(Refusal, match="no_files_here"):
            await answers(office, *handed, text="已核实，凭证见附件", preset_code="proof")
    with pytest.raises(Refusal, match="no_files_here"):
        await answers(office, PHOTO)
    assert (await office.order()).replies == ()
    await answers(office)


async def test_asked_about_once_more_it_keeps_its_files(office: Office) -> None:
    draft = Draft(TEXT, files=(PHOTO,), view="V1")
    await office.store.run(asking.ask, office.now, ANA, A17, draft)
    kept = await office.store.read(asking.asked, ANA, A17, asking.digest(TEXT))
    assert (kept.text, kept.files) == (TEXT, (PHOTO,))


async def test_a_report_is_sent_at_once_and_its_links_work_later(office: Office) -> None:
    said = OutageReport(OutageKind.POWER, office.now, shops=("jd:10001",), files=(PHOTO,))
    await office.store.run(outages.report, office.now, office.desk, ANA, "C0FLAG", said, "V9")

    sent = [each for each in await office.claims(Lane.CHAT) if each.intent.what is What.OUTAGE]
    by_hand, by_machine = [await renders(office, each) for each in sent]
    (link,) = by_machine.payload["files"]
    assert (link["name"], _id(link["url"]) in str(by_hand.message.blocks)) == ("a.jpg", True)
    await comes(office, await fetches(office), b"dark")
    assert await office.store.read(lambda tx: tx.files.content(_id(link["url"]))) == b"dark"

    office.desk = replace(office.desk, links=None)
    bare = await renders(office, sent[1])
    assert bare.payload["files"] == [{"name": "a.jpg", "mime": "image/jpeg"}]
    assert "a.jpg" in str((await renders(office, sent[0])).message.blocks)


async def test_whoever_reported_hears_that_a_proof_is_lost(office: Office) -> None:
    said = OutageReport(OutageKind.POWER, office.now, shops=("jd:10001",), files=(PHOTO,))
    await office.store.run(outages.report, office.now, office.desk, ANA, "C0FLAG", said, "V9")
    await is_lost(office, await fetches(office), "file_deleted")
    told = [each.intent for each in await office.sends() if each.intent.args.get("code") == "evidence_lost"]
    assert [each.target for each in told] == [ANA]


def _of(tx: Tx, owner: str) -> list[str]:
    return [file.id for file in tx.files.of(owner)]


def _id(url: str) -> str:
    return url.partition("/files/")[2].partition("?")[0]
