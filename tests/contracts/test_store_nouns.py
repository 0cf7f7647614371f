"""The store's contract: inbox, people, ledger, once, notes, and the read side's pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from coopbot.domain.deadline import Deadline, DeadlineKind
from coopbot.domain.deed import Deed
from coopbot.domain.event import Standing
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.ledger import PenaltyKind, PenaltyState
from coopbot.domain.people import Person
from coopbot.domain.team import ShopKey
from coopbot.errors import Conflict
from coopbot.ports import Named, Page, Tx
from coopbot.store import OpenStore
from tests.support.builders import MONDAY, a_key, a_penalty, an_event, an_index, an_intent, born, kept

HOUR = timedelta(hours=1)


async def test_an_event_is_kept_once(store: OpenStore) -> None:
    first = kept(an_event("e-1"))
    await store.run(lambda tx: tx.inbox.keep([first, kept(an_event("e-2", "work_order.urged"), Standing.WAITING)]))

    with pytest.raises(Conflict):
        await store.run(lambda tx: tx.inbox.keep([kept(an_event("e-3")), first]))

    found = await store.read(lambda tx: tx.inbox.known("jd", ["e-1", "e-2", "e-3"]))
    assert set(found) == {"e-1", "e-2"}
    assert found["e-1"] == first
    assert await store.read(lambda tx: tx.inbox.known("tb", ["e-1"])) == {}
    await store.run(lambda tx: tx.inbox.keep([kept(an_event("e-1", connection="tb"))]))


async def test_deeds_are_kept_in_their_sequence_by_subject(store: OpenStore) -> None:
    first = Deed("templates:flagship", "saved", MONDAY, "U0LEAD", "slack:modal", after={"text": "今晚补发"})
    second = replace(first, act="retired", at=MONDAY + HOUR, before=first.after, after={"retired": True})
    await store.run(lambda tx: tx.deeds.add([first, replace(first, subject="templates:outlet")]))
    await store.run(lambda tx: tx.deeds.add([second]))
    assert await store.read(lambda tx: tx.deeds.of("templates:flagship")) == [first, second]
    assert await store.read(lambda tx: tx.deeds.of("templates:nobody")) == []


async def test_the_versions_that_were_raised(store: OpenStore) -> None:
    one, urged = an_event("e-1"), an_event("e-2", "work_order.urged")
    unknown = an_event("e-3", "shop.renamed", number=None, data={"name": "旗舰店"})
    await store.run(lambda tx: tx.inbox.keep([kept(one), kept(urged), kept(unknown, Standing.IGNORED)]))

    raised = await store.read(lambda tx: tx.inbox.raised([a_key("WO-1"), a_key("WO-2")]))

    assert raised == {(a_key("WO-1"), 1): one.digest}
    found = await store.read(lambda tx: tx.inbox.known("jd", ["e-3"]))
    assert found["e-3"].event == unknown


async def test_what_came_before_its_order_waits_for_it(store: OpenStore) -> None:
    urged = an_event("e-1", "work_order.urged")
    closed = an_event("e-2", "work_order.closed")
    await store.run(lambda tx: tx.inbox.keep([kept(each, Standing.WAITING) for each in (urged, closed)]))
    assert await store.read(lambda tx: tx.inbox.waiting_for([a_key("WO-1")])) == [urged, closed]
    assert [row.event for row in await store.read(lambda tx: tx.inbox.waiting_since(MONDAY + HOUR))] == [urged, closed]
    assert await store.read(lambda tx: tx.inbox.waiting_since(MONDAY)) == []

    await store.run(lambda tx: tx.inbox.applied([urged]))

    assert await store.read(lambda tx: tx.inbox.waiting_for([a_key("WO-1")])) == [closed]


async def test_overlapping_batches_end_with_every_event_once(store: OpenStore) -> None:
    def take(tx: Tx, ids: list[str]) -> int:
        known = tx.inbox.known("jd", ids)
        new = [each for each in ids if each not in known]
        tx.inbox.keep([kept(an_event(each)) for each in new])
        return len(new)

    batches = [[f"e-{n}" for n in range(start, start + 20)] for start in (0, 5, 10)]
    counts = await asyncio.gather(*(store.run(take, each[:: (-1) ** n]) for n, each in enumerate(batches * 6)))

    assert sum(counts) == 30


async def test_people_are_renewed_and_what_is_empty_is_kept(store: OpenStore) -> None:
    await store.run(lambda tx: tx.people.learn([Person("U1", "Ana", "en", "Asia/Shanghai", guest=True)]))
    await store.run(lambda tx: tx.people.learn([Person("U1", "Ana M."), Person("U2")]))

    known = await store.read(lambda tx: tx.people.known(["U1", "U2", "U3"]))

    assert known == {"U1": Person("U1", "Ana M.", "en", "Asia/Shanghai", guest=True), "U2": Person("U2")}
    back = Person("U1", "Ana M.", "en", "Asia/Shanghai", deactivated=True)
    await store.run(lambda tx: tx.people.learn([back]))
    assert await store.read(lambda tx: tx.people.known(["U1"])) == {"U1": back}


async def test_members_are_unknown_until_they_are_told(store: OpenStore) -> None:
    async def members(group: str = "C1") -> frozenset[str] | None:
        return await store.read(lambda tx: tx.people.members(group))

    await store.run(lambda tx: tx.people.joined("C1", "U9"))
    assert await members() is None
    await store.run(lambda tx: tx.people.set_members("C1", ["U1", "U2", "U1"]))
    assert await members() == {"U1", "U2"}
    await store.run(lambda tx: (tx.people.joined("C1", "U3"), tx.people.joined("C1", "U3"), tx.people.left("C1", "U1")))
    assert await members() == {"U2", "U3"}
    await store.run(lambda tx: tx.people.set_members("C1", []))
    assert await members() == frozenset()
    assert await members("C2") is None


async def test_a_penalty_is_written_once_and_found_by_month_and_order(store: OpenStore) -> None:
    late, early = a_penalty("b", at=MONDAY + HOUR, amount=5_000_000_000, assumed=True), a_penalty("a")
    other = a_penalty("c", None, shop=ShopKey("tb", "9"), month="2026-10")
    await store.run(lambda tx: tx.ledger.add([late, early, other]))
    await store.run(lambda tx: tx.ledger.add([replace(early, amount=1)]))

    shops = [ShopKey("jd", "10001"), ShopKey("tb", "9")]
    assert await store.read(lambda tx: tx.ledger.of_shops(shops, "2026-11")) == [early, late]
    assert await store.read(lambda tx: tx.ledger.of_shops(shops, "2026-10")) == [other]
    assert await store.read(lambda tx: tx.ledger.of_shops([], "2026-11")) == []
    assert await store.read(lambda tx: tx.ledger.of_order(a_key())) == [early, late]
    assert await store.read(lambda tx: tx.ledger.get("b")) == late
    assert await store.read(lambda tx: tx.ledger.get("z")) is None


async def test_a_redelivery_is_seen(store: OpenStore) -> None:
    async def first(key: str) -> bool:
        return await store.run(lambda tx: tx.once.first(key, MONDAY))

    assert sorted(await asyncio.gather(*(first("click") for _ in range(8)))) == [False] * 7 + [True]
    assert await first("other")
    assert await store.run(lambda tx: tx.once.forget(MONDAY)) == 0
    assert await store.run(lambda tx: tx.once.forget(MONDAY + HOUR)) == 2
    assert await first("click")


async def test_notes(store: OpenStore) -> None:
    def put(tx: Tx) -> None:
        for key in ("draft:U1", "draft:u2", "Draft:U3", "draft_U4", "profile:jd"):
            tx.notes.put(key, {"key": key, "text": "好"}, MONDAY)
        tx.notes.put("draft:U1", {"text": "new"}, MONDAY)

    await store.run(put)

    assert await store.read(lambda tx: tx.notes.get("draft:U1")) == {"text": "new"}
    assert await store.read(lambda tx: tx.notes.get("none")) is None
    some = await store.read(lambda tx: tx.notes.some(["draft:u2", "none", "draft:U1"]))
    assert some == {"draft:U1": {"text": "new"}, "draft:u2": {"key": "draft:u2", "text": "好"}}
    assert set(await store.read(lambda tx: tx.notes.all("draft:"))) == {"draft:U1", "draft:u2"}
    assert len(await store.read(lambda tx: tx.notes.all(""))) == 5
    await store.run(lambda tx: tx.notes.remove("draft:U1"))
    assert await store.read(lambda tx: tx.notes.get("draft:U1")) is None


async def test_what_a_reader_has_read_of_many_it_knows_of_each(store: OpenStore) -> None:
    mine, theirs = a_penalty("a"), a_penalty("c", None, shop=ShopKey("tb", "9"))
    await store.run(lambda tx: tx.ledger.add([mine, theirs]))
    await store.run(lambda tx: tx.notes.put("here", {"n": 1}, MONDAY))
    await store.run(lambda tx: tx.orders.add(born("A")))
    shops = [ShopKey("jd", "10001"), ShopKey("tb", "9"), ShopKey("jd", "none")]

    def read(tx: Tx, ahead: bool) -> list[object]:
        if ahead:
            tx.notes.some(["here", "none"])
            tx.ledger.since(shops, MONDAY - HOUR)
            tx.orders.get_many([a_key("A"), a_key("none")])
        entries = [list(tx.ledger.since([shop], MONDAY - HOUR)) for shop in shops]
        return [tx.notes.get("here"), tx.notes.get("none"), entries, tx.orders.get(a_key("A")), tx.orders.get(a_key())]

    alone = await store.read(read, ahead=False)
    assert alone[:3] == [{"n": 1}, None, [[mine], [theirs], []]]
    assert await store.read(read, ahead=True) == alone


async def test_who_writes_reads_what_it_wrote(store: OpenStore) -> None:
    def write(tx: Tx) -> object:
        tx.notes.some(["here"])
        tx.ledger.since([ShopKey("jd", "10001")], MONDAY - HOUR)
        tx.notes.put("here", {"n": 2}, MONDAY)
        tx.ledger.add([a_penalty("a")])
        return tx.notes.get("here"), len(tx.ledger.since([ShopKey("jd", "10001")], MONDAY - HOUR))

    assert await store.read(write) == ({"n": 2}, 1)
    assert await store.run(write) == ({"n": 2}, 1)


async def page(store: OpenStore, limit: int = 10, cursor: str | None = None, **given: object) -> Page:
    wanted = {"shop_id": None, "state": None, "class_code": None, "due_before": None, **given}
    return await store.read(lambda tx: tx.orders.page("jd", MONDAY + 3 * HOUR, limit=limit, cursor=cursor, **wanted))


def found(page: Page) -> list[str]:
    return [order.key.number for order in page.orders]


async def test_pages_follow_one_another_and_end(store: OpenStore) -> None:
    for number, due in (("C", 2), ("A", 1), ("D", 2), ("B", 2)):
        await store.run(lambda tx, n=number, h=due: tx.orders.add(born(n, index=an_index(due_at=MONDAY + h * HOUR))))
    await store.run(lambda tx: tx.orders.add(born("X", connection="tb")))

    first = await page(store, 2)
    second = await page(store, 2, first.cursor)

    assert (found(first), found(second), second.cursor) == (["A", "B"], ["C", "D"], None)
    assert found(await page(store, 3, first.cursor)) == ["C", "D"]
    assert found(await page(store, 10)) == ["A", "B", "C", "D"]


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "bnVsbA", "WzEsMl0", "W10", "é", "WyIyMDI2LTExLTIzIiwiQSJd"])
async def test_a_cursor_that_is_not_ours_is_refused(store: OpenStore, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await page(store, cursor=cursor)


async def test_overdue_follows_from_the_clock(store: OpenStore) -> None:
    def fill(tx: Tx) -> None:
        for number, state, hours in (
            ("late", "open", 1),
            ("late-claimed", "claimed", 2),
            ("on-the-dot", "open", 3),
            ("claimed", "claimed", 4),
            ("replied", "replied", 1),
            ("closed", "closed", 1),
        ):
            tx.orders.add(born(number, index=an_index(state=state, due_at=MONDAY + hours * HOUR)))

    await store.run(fill)

    assert found(await page(store, state="overdue")) == ["late", "late-claimed"]
    assert found(await page(store, state="open")) == ["on-the-dot"]
    assert found(await page(store, state="claimed")) == ["claimed"]
    assert found(await page(store, state="replied")) == ["replied"]
    assert found(await page(store, state="nonsense")) == []
    assert found(await page(store, due_before=MONDAY + 2 * HOUR, state="overdue")) == ["late"]
    assert await store.read(lambda tx: tx.orders.counts(MONDAY + 3 * HOUR)) == (5, 3)


async def test_filters_add_up(store: OpenStore) -> None:
    def fill(tx: Tx) -> None:
        tx.orders.add(born("A"))
        tx.orders.add(born("B", **{"class": "general"}))
        tx.orders.add(born("C", shop_id="10002"))

    await store.run(fill)

    assert found(await page(store, class_code="crc")) == ["A", "C"]
    assert found(await page(store, class_code="crc", shop_id="10002")) == ["C"]


def a_deadline(key: str = "top_up:jd:10001", **given: Any) -> Deadline:
    given.setdefault("next_at", MONDAY + HOUR)
    return Deadline(
        key, DeadlineKind.TOP_UP, ShopKey("jd", "10001"), MONDAY, MONDAY + 2 * HOUR, data={"short": 5}, **given
    )


async def test_a_deadline_speaks_when_it_is_due_and_not_once_it_is_done(store: OpenStore) -> None:
    one, two = a_deadline(), a_deadline("appeal:P1", next_at=MONDAY + 2 * HOUR)
    for each in (two, one):
        await store.run(lambda tx, each=each: tx.deadlines.put(each))
    assert await store.read(lambda tx: tx.deadlines.get(one.key)) == one
    assert await store.read(lambda tx: tx.deadlines.due(MONDAY, 10)) == []
    assert await store.read(lambda tx: tx.deadlines.due(MONDAY + 3 * HOUR, 10)) == [one, two]
    assert await store.read(lambda tx: tx.deadlines.due(MONDAY + 3 * HOUR, 1)) == [one]
    assert await store.read(lambda tx: tx.deadlines.next_at()) == one.next_at
    await store.run(lambda tx: tx.deadlines.put(one.done(MONDAY, "topped_up")))
    assert await store.read(lambda tx: tx.deadlines.due(MONDAY + 3 * HOUR, 10)) == [two]
    assert await store.read(lambda tx: tx.deadlines.open([one.shop])) == [two]
    assert await store.read(lambda tx: tx.deadlines.open([ShopKey("tb", "10001")])) == []


async def test_the_ledger_keeps_every_field_and_finds_by_time_and_number(store: OpenStore) -> None:
    fine = a_penalty(
        "penalty:jd:P1", None, kind=PenaltyKind.MEASURE, state=PenaltyState.ISSUED, amount=2**40, currency="SGD",
        track="serious", days=14, until=MONDAY + HOUR, ref="P1", text="限制", points=50,
    )  # fmt: skip
    late = replace(a_penalty("later", "WO-9"), at=MONDAY + HOUR)
    await store.run(lambda tx: tx.ledger.add([late, fine]))
    shop = fine.shop
    assert await store.read(lambda tx: tx.ledger.get(fine.key)) == fine
    assert await store.read(lambda tx: tx.ledger.since([shop], MONDAY)) == [fine, late]
    assert await store.read(lambda tx: tx.ledger.since([shop], MONDAY + HOUR)) == [late]
    assert await store.read(lambda tx: tx.ledger.of_ref("jd", "P1")) == [fine]
    assert await store.read(lambda tx: tx.ledger.of_ref("jd", "")) == []


async def test_receipts_tell_what_became_of_an_order_s_messages(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add(born("WO-1")))
    await store.run(lambda tx: tx.outbox.add([an_intent(), an_intent(number="WO-2")]))
    found = await store.read(lambda tx: tx.outbox.receipts(a_key("WO-1")))
    assert [(each.what, each.state, each.done_at) for each in found] == [("card", "pending", None)]


async def test_receipts_have_what_told_several_orders_at_once(store: OpenStore) -> None:
    await store.run(lambda tx: tx.orders.add(born("WO-1")))
    reminder = Intent(
        What.REMINDER, "C1", Priority.REMINDER, args={"items": [{"order": "jd:WO-2"}, {"order": "jd:WO-1"}]}
    )
    digest = Intent(What.DIGEST, "C1", Priority.CARD, key="digest:x", args={"orders": ["jd:WO-1"]})
    other = Intent(What.REMINDER, "C2", Priority.REMINDER, args={"items": [{"order": "jd:WO-3"}]})
    await store.run(lambda tx: tx.outbox.add([an_intent(), reminder, digest, other]))
    found = await store.read(lambda tx: tx.outbox.receipts(a_key("WO-1")))
    assert [(each.what, each.target) for each in found if each.what != "card"] == [("reminder", "C1"), ("digest", "C1")]
    assert await store.read(lambda tx: tx.outbox.receipts(a_key("WO-9"))) == []


async def test_of_many_who_change_a_note_at_once_none_loses_anothers_change(store: OpenStore) -> None:
    def add(tx: Tx, name: str) -> None:
        there = tx.notes.get("list", for_update=True) or {"names": []}
        tx.notes.put("list", {"names": [*there["names"], name]}, MONDAY)

    names = [f"n{n}" for n in range(40)]
    await asyncio.gather(*(store.run(add, name) for name in names))
    kept = await store.read(lambda tx: tx.notes.get("list", for_update=True))
    assert kept is not None
    assert sorted(kept["names"]) == sorted(names)


async def test_a_message_names_somebody_once_and_teams_are_apart(store: OpenStore) -> None:
    def add(tx: Tx, message: str, team: str, *users: str, night: bool = False) -> None:
        tx.mentions.add(message, team, users, MONDAY, night=night)

    for _ in range(2):  # recorded again, for a lost answer
        await store.run(add, "m1", "flagship", "U0ANA", "U0BEN")
    await store.run(add, "m2", "flagship", "U0BEN", night=True)
    await store.run(add, "m3", "outlet", "U0ANA")

    async def named(since: datetime = MONDAY) -> list[Named]:
        return list(await store.read(lambda tx: tx.mentions.of_team("flagship", since)))

    assert await named() == [Named("U0BEN", 2, 1), Named("U0ANA", 1, 0)]
    assert await named(MONDAY + timedelta(microseconds=1)) == []
    assert await store.run(lambda tx: tx.mentions.forget(MONDAY)) == 0
    assert await store.run(lambda tx: tx.mentions.forget(MONDAY + timedelta(seconds=1))) == 4
