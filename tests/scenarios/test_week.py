"""A week of one team, told by what its workspace came to read: a scene names every message, and there is no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.demo.audience import Json, Person
from coopbot.demo.cast import CHEN, FALLBACK, FLAGSHIP, LI, OPS, WANG, ZHAO
from coopbot.views import ids
from tests.support.databases import PostgresServer
from tests.support.playhouse import Play, beneath, echoed, play, posted

CONFIG = f"""\
profile = "jd-pop"
language = "zh-CN"
fallback_channel = "{FALLBACK}"
operators = ["{OPS}"]

[connections.jd]
secret_env = "JD_WEBHOOK_SECRET"
read_token_env = "JD_READ_TOKEN"
reply_url = "{{address}}/console/replies"
confirms = true

[shops]
"jd:10001" = "旗舰店"

[[teams]]
name = "flagship"
channel = "{FLAGSHIP}"
shops = ["jd:10001"]
language = "zh-CN"
leads = ["{CHEN}"]
managers = ["{ZHAO}"]
hours = "Mon-Sun 09:00-19:00"
undo_for = "0s"
on_call = [{{{{ days = "Mon-Sat", from = "09:00", to = "19:00", who = ["{WANG}"], backup = ["{LI}"] }}}}]
"""
PRESET = {"code": "today", "label": "今天 18:00 前发出", "requires": []}


async def test_a_week(tmp_path: Path, database_url: str) -> None:
    async with play(tmp_path, database_url, CONFIG, opens="Mon 08:00") as week:
        await week.saw()
        await a_crc_order_at_ten_to_seven(week)
        await quiet_hours_for_ordinary_orders(week)
        await an_outage_of_three_hours(week)
        await a_swap_in_the_middle_of_an_order(week)
        await somebody_on_leave(week)
        await a_drill_interrupted(week)
        await a_sunday_that_nobody_has(week)
        await week.to("Mon+ 09:15")
        await week.saw()


@pytest.mark.postgres
async def test_two_replicas_at_one_tick(tmp_path: Path, postgres: PostgresServer) -> None:
    """Both look in the same instants of a day: each step is one message for both orders."""
    with postgres.database() as url:
        async with play(tmp_path, url, CONFIG, opens="Mon 08:00") as day:
            await day.joins()
            await day.to("Mon 10:00")
            await day.saw()
            first, second = await raises(day, "crc"), await raises(day, "crc")
            await day.saw(*[posted(FLAGSHIP, "CRC", "14:00", calls=(WANG,))] * 2)
            for at, words, calls in (
                ("10:15", "备班", (LI,)),
                ("10:30", "组长", (CHEN,)),
                ("11:00", "经理", (ZHAO,)),
                ("13:00", "值班", (WANG,)),
                ("13:36", "组长", (WANG, CHEN)),
            ):
                await day.to(f"Mon {at}")
                await day.saw(posted(FLAGSHIP, "2 单待回复", words, first, second, calls=calls))
            await answers(day, WANG, first)
            await answers(day, WANG, second)
            await day.to("Tue 09:30")
            await day.saw()


async def test_somebody_of_the_rota_whom_slack_does_not_know(tmp_path: Path) -> None:
    """The owner hears of it at the start, and the backup is called in their place: never silence."""
    nobody = CONFIG.replace(f'who = ["{WANG}"]', 'who = ["U0NEVERWAS"]')
    async with play(tmp_path, f"sqlite:///{tmp_path}/t.db", nobody, opens="Mon 09:30") as day:
        await day.hears_of_everybody()
        await day.saw(posted(OPS, "U0NEVERWAS"))
        number = await raises(day, "crc")
        await day.saw(posted(FLAGSHIP, "CRC", calls=(LI,)))
        await day.to("Mon 10:00")
        await day.saw(
            echoed(FLAGSHIP, "备班", calls=(LI,)),
            echoed(FLAGSHIP, "组长", "已等待 30 分钟", calls=(CHEN,)),
        )
        await answers(day, LI, number)


async def a_crc_order_at_ten_to_seven(week: Play) -> None:
    """Ten minutes of the day are left: the on-call hears of it, the night counts against nobody."""
    await week.to("Mon 18:50")
    number = await raises(week, "crc")
    await week.saw(posted(FLAGSHIP, "CRC", "明天 12:50", calls=(WANG,)))
    await week.to("Tue 08:59")
    await week.saw()
    await week.to("Tue 09:04")
    await week.saw(posted(FLAGSHIP, "现在由你值班", "CRC 1 单", calls=(WANG,)))
    await week.to("Tue 09:05")
    await week.saw(echoed(FLAGSHIP, "12:50 前", "备班", "王芳 15 分钟未响应", calls=(LI,)))
    await claims(week, LI, number)  # that stops the ladder; but Li Wei forgets it
    await week.to("Tue 09:34")
    await week.saw(beneath(FLAGSHIP, "09:35 仍未回复将退回团队", calls=(LI,)))
    await week.to("Tue 09:49")
    await week.saw(beneath(FLAGSHIP, "已退回团队", calls=(WANG,)))
    await week.to("Tue 09:50")
    await week.saw(echoed(FLAGSHIP, "备班", "王芳 15 分钟未响应", calls=(LI,)))
    await week.to("Tue 10:05")
    await week.saw(echoed(FLAGSHIP, "组长", "王芳 30 分钟未响应", calls=(CHEN,)))
    await answers(week, LI, number)
    await week.to("Tue 13:00")
    await week.saw()


async def quiet_hours_for_ordinary_orders(week: Play) -> None:
    """What falls due at night is one message in the morning, and a card at 02:00 calls nobody."""
    first, second = await raises(week, "general"), await raises(week, "general")
    await week.saw(posted(FLAGSHIP, "普通", "明天 13:00"), posted(FLAGSHIP, "普通", "明天 13:00"))
    await week.to("Wed 02:00")
    third = await raises(week, "general")
    await week.saw(posted(FLAGSHIP, "普通", "明天 02:00"))
    await week.to("Wed 08:59")
    await week.saw()
    await week.to("Wed 09:00")
    await week.saw(
        posted(FLAGSHIP, "2 单待回复", first, second, "含此前未发出的提醒：50%", calls=(WANG,)),
        posted(FLAGSHIP, "现在由你值班", "3 单待处理"),
    )
    for number in (first, second, third):
        await answers(week, WANG, number)
    await week.to("Thu 08:59")
    await week.saw()


async def an_outage_of_three_hours(week: Play) -> None:
    """Nothing of it is lost: one message catches up, at the highest rung reached, and names what it stands for."""
    await week.to("Thu 11:00")
    gap = ("无人值班", "/coop oncall override")
    await week.saw(posted(CHEN, *gap), posted(OPS, "Nobody of flagship is on call"))  # of Sunday, three days ahead
    number = await raises(week, "crc")
    await week.saw(posted(FLAGSHIP, "CRC", "15:00", calls=(WANG,)))
    await week.to("Thu 11:05")
    await week.stops()
    await week.to("Thu 14:05")
    await week.starts()
    missed = "含此前未发出的提醒：备班、组长、经理"
    await week.saw(echoed(FLAGSHIP, "剩 55 分钟工作时间", missed, calls=(WANG,)))
    await answers(week, WANG, number)
    await week.to("Fri 09:59")
    await week.saw()


async def a_swap_in_the_middle_of_an_order(week: Play) -> None:
    """Who takes the shift takes what is open: told at once, and called as the on-call from then on."""
    await week.to("Fri 10:00")
    number = await raises(week, "crc")
    await week.saw(posted(FLAGSHIP, "CRC", "14:00", calls=(WANG,)))
    await week.to("Fri 10:05")
    wang = week.person(WANG)
    await wang.commands("/coop oncall swap")
    await wang.modal()
    await wang.submits({ids.SWAP_WITH: LI})
    await week.saw(posted(LI, "王芳请你代班", "10:05 至 19:00"))
    await week.to("Fri 10:10")
    li = await week.in_person(LI, "王芳请你代班")
    await li.clicks(await li.sees("王芳请你代班"), ids.SWAP_ACCEPT)
    await week.saw(posted(WANG, "李伟接了你的班"))
    await week.to("Fri 10:11")
    await week.saw(posted(FLAGSHIP, "现在由你值班，接替王芳", "CRC 1 单", calls=(LI,)))
    await week.to("Fri 10:15")  # Li Wei is the backup no more, and nobody else is: the lead; nobody is called silent
    await week.saw(echoed(FLAGSHIP, "组长", "已等待 15 分钟", calls=(CHEN,)))
    await answers(week, LI, number)
    await week.to("Fri 16:59")
    await week.saw()


async def somebody_on_leave(week: Play) -> None:
    """The lead writes down that the on-call is away: the backup moves up."""
    await week.to("Fri 17:00")
    chen = week.person(CHEN)
    await chen.commands("/coop oncall override")
    await chen.modal()
    times = {ids.ROTA_FROM: seconds(week, "Sat 09:00"), ids.ROTA_UNTIL: seconds(week, "Sat 19:00")}
    await chen.submits({ids.ROTA_WHO: WANG, ids.ROTA_KIND: "leave", **times})
    await week.to("Sat 10:00")
    await week.saw()
    number = await raises(week, "crc")
    await week.saw(posted(FLAGSHIP, "CRC", "14:00", calls=(LI,)))
    await answers(week, LI, number)
    await week.saw()


async def a_drill_interrupted(week: Play) -> None:
    """A real CRC ends it; the platform, the counts and the ledger never hear of a drill."""
    await week.to("Sat 14:00")
    chen = week.person(CHEN)
    before, replies, ledger = await counted(chen), await replies_of(week), await penalties(chen)
    assert "演练已开始" in (await chen.asks("/coop drill"))["text"]
    await week.saw(posted(FLAGSHIP, "演练，并非工单", calls=(LI,)))
    assert await counted(chen) == before
    assert await replies_of(week) == replies
    assert await penalties(chen) == ledger
    await week.to("Sat 14:03")
    number = await raises(week, "crc")
    await week.saw(
        posted(FLAGSHIP, "CRC", "18:03", calls=(LI,)),
        posted(FLAGSHIP, "演练在 3 分钟后结束：来了真实的 CRC 工单"),
    )
    assert "CRC" in (await chen.asks("/coop drill"))["text"]  # none while one waits
    await answers(week, LI, number)
    await week.to("Sun 09:59")
    await week.saw()
    assert await counted(chen) == before.replace("李伟：5 次", "李伟：6 次")


async def a_sunday_that_nobody_has(week: Play) -> None:
    """Nobody is on call: the card says so and calls the lead, and so does what follows."""
    await week.to("Sun 10:00")
    number = await raises(week, "crc")
    await week.saw(posted(FLAGSHIP, "CRC", "现在无人值班", calls=(CHEN,)))
    await week.to("Sun 10:15")
    await week.saw(echoed(FLAGSHIP, "组长", "现在无人值班", calls=(CHEN,)))
    await answers(week, CHEN, number)


async def raises(week: Play, order_class: str) -> str:
    return await week.platform.raises(shop_id="10001", presets=[PRESET], **{"class": order_class})


async def claims(week: Play, who: str, number: str) -> None:
    person = week.person(who)
    await person.clicks(await week.card(number, person), ids.CLAIM)
    await week.settles()


async def answers(week: Play, who: str, number: str) -> Json:
    """With the platform's own preset, and the platform takes it."""
    person = week.person(who)
    await person.clicks(await week.card(number, person), ids.PRESET)
    reply = await week.platform.gets_reply(number)
    await week.platform.does("accept", number)
    await week.settles()
    return reply


async def counted(chen: Person) -> str:
    return str((await chen.asks("/coop oncall stats"))["text"])


async def penalties(chen: Person) -> str:
    return str((await chen.asks("/coop penalties"))["text"])


async def replies_of(week: Play) -> int:
    entries = (await week.audience.get("/console/journal"))["entries"]
    return sum(entry["type"] == "work_order.reply" for entry in entries)


def seconds(week: Play, text: str) -> int:
    return int(week.instant(text).timestamp())
