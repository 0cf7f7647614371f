"""Many hands on one order, from outside: one owner, one reply, no text lost."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from coopbot.demo import cast
from coopbot.demo.audience import Json, Person
from coopbot.views import ids
from tests.support.installation import Installation, installation

TEXT = "今天 18:00 前发出,单号随后补充"
SECOND = "已于今天 15:30 由顺丰发出,单号稍后同步到订单页"
MANY = 20


async def joined(here: Installation, count: int) -> list[Person]:
    """New people of the flagship's channel, whom the bot then finds there."""
    people = []
    for n in range(count):
        names = {"name": f"new{n:02}", "real_name": f"New {n:02}", "display_name": f"新同事 {n:02}"}
        user = {"id": f"U0NEW{n:02}", "locale": "zh-CN", **names}
        await here.audience.post("/control/users", user)
        await here.audience.post(f"/control/users/{user['id']}/joins", {"channel": cast.FLAGSHIP})
        people.append(here.person(str(user["id"])))
    return people


async def opens(here: Installation, who: Person) -> tuple[str, Json]:
    """An order comes in, and ``who`` opens the modal for an answer of their own; its number and its card."""
    number = await here.platform.raises(shop_id="10001", **{"class": "general"})
    card = await who.sees(number)
    await who.clicks(card, ids.OTHER_ANSWER)
    await who.modal()
    return number, card


async def test_of_twenty_who_claim_at_once_one_has_it_and_nineteen_are_told_who_and_when(
    tmp_path: Path, database_url: str
) -> None:
    async with installation(tmp_path, database_url) as here:
        people = await joined(here, MANY)
        await here.serve()
        number = await here.platform.raises(shop_id="10001", **{"class": "crc"})
        card = await people[0].sees(number)
        since = await here.audience.seq()
        await asyncio.gather(*(person.clicks(card, ids.CLAIM) for person in people))
        owned = await here.has_button(people[0], card, ids.HAND_OVER)
        (winner,) = [n for n in range(MANY) if f"新同事 {n:02}" in owned["text"]]

        async def whispers() -> tuple[list[str] | None, str]:
            told = []
            for n, person in enumerate(people):
                new = await here.audience.get(f"/control/users/{person.user}/new", channel=cast.FLAGSHIP, since=since)
                told += [each["text"] for each in new["messages"] if each["ephemeral"] and n != winner]
            return (told if len(told) == MANY - 1 else None), str(told)

        told = await here.audience.until("nineteen whispers", whispers)
        assert all(re.search(rf"新同事 {winner:02} \d\d:\d\d 已认领", text) for text in told), told


async def test_an_order_goes_from_hand_to_hand_and_the_log_says_whose_it_was(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        bot = await here.serve()
        li, wang, chen = here.person(cast.LI), here.person(cast.WANG), here.person(cast.CHEN)
        number = await here.platform.raises(shop_id="10001", **{"class": "general"})
        card = await li.sees(number)
        await li.clicks(card, ids.CLAIM)
        since = await here.audience.seq()
        await li.clicks(await here.has_button(li, card, ids.HAND_OVER), ids.HAND_OVER, user=cast.WANG)
        await wang.is_called(since, "李伟")
        since = await here.audience.seq()
        await chen.chooses(await chen.sees(number, "王芳已认领"), ids.MORE, ids.TAKE_OVER)
        await wang.is_called(since, "陈静")
        await chen.chooses(await chen.sees(number, "陈静已认领"), ids.MORE, ids.RELEASE)
        await here.has_button(li, card, ids.CLAIM)
        await bot.stop()
        code, trail = await here.coopbot("audit", number)
        assert code == 0, trail
        assert [" ".join(line.split("  ")[1:5]) for line in trail.splitlines() if "slack:" in line] == [
            f"{cast.LI} (李伟) slack:button claimed [open → claimed by {cast.LI}]",
            f"{cast.LI} (李伟) slack:button handed_over [claimed by {cast.LI} → claimed by {cast.WANG}]",
            f"{cast.CHEN} (陈静) slack:button taken_over [claimed by {cast.WANG} → claimed by {cast.CHEN}]",
            f"{cast.CHEN} (陈静) slack:button released [claimed by {cast.CHEN} → open]",
        ]


async def test_a_submission_delivered_twice_sends_once(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        here.undo = "0s"
        await here.serve()
        li = here.person(cast.LI)
        number, _ = await opens(here, li)
        await here.audience.post("/control/faults", {"fault": "duplicate_delivery", "kind": "view"})
        await li.submits({ids.REPLY_TEXT: TEXT})
        await here.platform.gets_reply(number)
        await here.platform.does("accept", number)
        await li.sees("✅")
        assert [each["body"]["data"]["text"] for each in await here.replies()] == [TEXT]


@contextmanager
def away(database: str) -> Iterator[None]:
    """Somebody else holds what an answer has to be written into, for longer than Slack waits."""
    if database.startswith("sqlite"):
        path = database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")  # the file's only write lock
            yield
            other.execute("ROLLBACK")
        return
    with psycopg.connect(database) as elsewhere:
        elsewhere.execute("LOCK TABLE work_order, note IN ACCESS EXCLUSIVE MODE")
        yield
        elsewhere.rollback()


async def test_the_database_is_away_when_the_answer_is_submitted_and_the_text_stays(
    tmp_path: Path, database_url: str
) -> None:
    async with installation(tmp_path, database_url) as here:
        here.undo = "0s"
        await here.serve()
        li = here.person(cast.LI)
        number, _ = await opens(here, li)
        with away(database_url):
            refused = await li.tries({ids.REPLY_TEXT: TEXT})
        assert "你写的内容还在" in refused[ids.REPLY_TEXT]
        assert (await li.modal())["fields"][0]["value"] == TEXT
        assert await here.replies() == []
        await here.persists(lambda: li.submits({}), "the second submission")
        assert (await here.platform.gets_reply(number))["body"]["data"]["text"] == TEXT
        assert len(await here.replies()) == 1


async def test_what_the_platform_will_never_take_comes_back_with_its_text_and_is_answered_anew(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        here.undo = "0s"
        await here.serve()
        li = here.person(cast.LI)
        number, card = await opens(here, li)
        await here.audience.post("/console/faults", {"fault": "status", "status": 422, "times": 1})
        since = await here.audience.seq()
        await li.submits({ids.REPLY_TEXT: TEXT})
        await li.is_called(since, "平台没有收下")
        await li.sees("平台没有收下", TEXT, thread=True)
        assert await here.replies() == []
        await li.clicks(await here.has_button(li, card, ids.OTHER_ANSWER), ids.OTHER_ANSWER)
        assert (await li.modal())["fields"][0]["value"] == TEXT
        await li.submits({ids.REPLY_TEXT: SECOND})
        assert (await here.platform.gets_reply(number, 2))["body"]["data"]["text"] == SECOND
        assert [each["body"]["data"]["text"] for each in await here.replies()] == [SECOND]


async def test_what_the_platform_rejects_is_open_again_with_its_reason_and_answered_anew(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        here.undo = "0s"
        await here.serve()
        li = here.person(cast.LI)
        number, card = await opens(here, li)
        await li.submits({ids.REPLY_TEXT: TEXT})
        await here.platform.gets_reply(number)
        await here.platform.does("reject", number, reason="未说明发货时间")
        card = await li.sees(number, "未说明发货时间")
        card = await here.has_button(li, card, ids.OTHER_ANSWER)
        await li.clicks(card, ids.OTHER_ANSWER)
        await li.modal()
        await li.submits({ids.REPLY_TEXT: SECOND})
        assert (await here.platform.gets_reply(number, 2))["body"]["data"]["text"] == SECOND
        await here.platform.does("accept", number)
        await li.sees("✅")
        first, second = [each["body"]["data"] for each in await here.replies()]
        assert (first["text"], second["text"]) == (TEXT, SECOND)
        assert first["reply_id"] != second["reply_id"]
