"""``coopbot demo --once``: the story of four orders, told from what the people in it see.

Every line printed is read back over HTTP, from the workspace as its users see it or from the platform's journal. What
does not happen is not told: the story then ends with what was seen instead, and a non-zero exit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from coopbot.demo import cast
from coopbot.demo.audience import Audience, Json, Marketplace, NotSeen, Person
from coopbot.demo.stage import SHANGHAI, stage
from coopbot.views import ids

ACCEPTED, OVERDUE = "✅", "⏰"
PATIENCE = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True)
class Script:
    """Who plays, and what they say, in one language."""

    shop: str
    channel: str
    agent: str
    on_call: str
    lead: str
    manager: str
    content: Mapping[str, str]
    preset: Mapping[str, str]
    vague: str
    precise: str
    reason: str
    platform: str
    titles: tuple[str, ...]


ZH = Script(
    shop="10001",
    channel=cast.FLAGSHIP,
    agent=cast.LI,
    on_call=cast.WANG,
    lead=cast.CHEN,
    manager=cast.ZHAO,
    content={
        "invoice": "上周申请的增值税普通发票还没有开，公司月底要报销。",
        "logistics": "物流停在中转站三天没有更新，快递电话打不通，麻烦帮我催一下。",
        "complaint": "商家拒绝退款还说我骗人，我要投诉到 12315。",
    },
    preset={"code": "invoice_today", "label": "发票今天 18:00 前开具并发到预留邮箱"},
    vague="已经联系快递催促，请耐心等待更新",
    precise="快递承诺明天 12:00 前恢复更新，逾期我们当日补发并告知新单号",
    reason="未说明处理时间",
    platform="平台",
    titles=(
        "普通工单来了，李伟认领，用预置方式回复，平台确认",
        "第二单自由填写，被平台驳回，重新回复",
        "CRC 高危投诉：@值班",
        "没人回复：提醒一级比一级响，直到超时",
        "/coop status",
    ),
)
EN = Script(
    shop="10002",
    channel=cast.OUTLET,
    agent=cast.TOM,
    on_call=cast.ANA,
    lead=cast.GRACE,
    manager=cast.ZHAO,
    content=ZH.content,
    preset=ZH.preset,
    vague=ZH.vague,
    precise=ZH.precise,
    reason=ZH.reason,
    platform="the platform",
    titles=(
        "An ordinary order: Tom claims it, answers with a preset, the platform accepts",
        "The second in free text: rejected, answered again",
        "A CRC complaint: the on-call is mentioned",
        "Nobody answers: each reminder is louder, then it is late",
        "/coop status",
    ),
)


async def play_once(lang: str) -> None:
    """Play and print. Exits with 1, saying what was seen instead, when a step does not happen."""
    script = EN if lang.startswith("en") else ZH
    async with (
        stage(0, rate=0.0, mounts=lambda steering: [steering.mount], undo="1s") as set_up,
        aiohttp.ClientSession(timeout=PATIENCE) as session,
    ):
        try:
            await _Play(Audience(set_up.sandbox.address, session), script).run()
        except NotSeen as missing:
            print(f"\n✗ {missing}", file=sys.stderr)
            sys.exit(1)


class _Play:
    def __init__(self, audience: Audience, script: Script) -> None:
        self.audience, self.script = audience, script
        self.platform = Marketplace(audience)
        self.agent, self.on_call, self.lead, self.manager = (
            Person(audience, user, script.channel)
            for user in (script.agent, script.on_call, script.lead, script.manager)
        )
        self.place = cast.channel_name(script.channel)
        self._scenes = iter(script.titles)

    async def run(self) -> None:
        with self._scene():
            await self._preset()
        with self._scene():
            await self._free_text()
        with self._scene():
            late = await self._crc()
        with self._scene():
            await self._goes_late(late)
        with self._scene():
            told = await self.lead.asks("/coop status")
            if OVERDUE not in told["text"]:
                raise NotSeen(f"the late order is not in:\n{told['text']}")
            tell(cast.name_of(self.script.lead), told)
        print()

    async def _preset(self) -> None:
        number = await self._raises("invoice", "general", presets=[{**self.script.preset, "requires": []}])
        card = await self.agent.sees(number)
        tell(self.place, card)
        await self.agent.clicks(card, ids.CLAIM)
        card = await self._changed(card)
        tell(f"{self.place} ↻", card)
        pressed = await self.agent.clicks(card, ids.PRESET)
        print(f"    [{pressed['button']['label']}] → {(pressed['button']['confirm'] or {}).get('text')}")
        self._platform_got(await self.platform.gets_reply(number))
        await self.platform.does("accept", number)
        tell(f"{self.place} ↻", await self._changed(card, ACCEPTED))

    async def _free_text(self) -> None:
        number = await self._raises("logistics", "general")
        card = await self.agent.sees(number)
        await self._writes(card, self.script.vague)
        self._platform_got(await self.platform.gets_reply(number))
        since = await self.audience.seq()
        await self.platform.does("reject", number, reason=self.script.reason)
        await self.agent.is_called(since, self.script.reason)
        tell("↳", await self.agent.sees(self.script.reason, thread=True))
        await self._writes(await self._open_card(card), self.script.precise)
        self._platform_got(await self.platform.gets_reply(number, nth=2))
        await self.platform.does("accept", number)
        tell(f"{self.place} ↻", await self._changed(card, ACCEPTED))

    async def _crc(self) -> Json:
        since = await self.audience.seq()
        number = await self._raises("complaint", "crc")
        called = await self.on_call.is_called(since, "CRC")
        _tell_call(called)
        card = await self.on_call.sees(number)
        tell(self.place, card)
        return card

    async def _goes_late(self, card: Json) -> None:
        for who in (self.agent, self.lead, self.manager, self.on_call, self.lead, self.manager):
            since = await self.audience.seq()
            await self._jumps()
            called = await who.is_called(since)
            _tell_call(called)
        tell(f"{self.place} ↻", await self._changed(card, OVERDUE))

    async def _raises(self, scene: str, klass: str, **more: Any) -> str:
        order = {"scene": scene, "class": klass, "content": self.script.content[scene], "shop_id": self.script.shop}
        return await self.platform.raises(**order, **more)

    async def _writes(self, card: Json, text: str) -> None:
        await self.agent.clicks(card, ids.OTHER_ANSWER)
        modal = await self.agent.modal()
        print(f"    ▢ {modal['title']} [{modal['submit']}]")
        await self.agent.submits({ids.REPLY_TEXT: text})

    async def _open_card(self, card: Json) -> Json:
        """The card, once it can be answered again."""
        return await self._redrawn(card, "can be answered again", lambda now: ids.OTHER_ANSWER in _actions(now))

    async def _changed(self, card: Json, to: str = "") -> Json:
        """The card redrawn; ``to`` is the state mark that it must come to show."""
        return await self._redrawn(
            card, f"changes {to}", lambda now: to in now["text"] if to else now["text"] != card["text"]
        )

    async def _redrawn(self, card: Json, what: str, comes: Callable[[Json], bool]) -> Json:
        async def look() -> tuple[Json | None, str]:
            now = await self.agent.message(card["ts"])
            return (now if comes(now) else None), str(now["text"])

        changed: Json = await self.audience.until(f"the card {what}", look)
        return changed

    async def _jumps(self) -> None:
        state = await self.audience.post("/demo/clock", {"jump": "next"})
        at = datetime.fromisoformat(state["now"]).astimezone(SHANGHAI)
        print(f"    ⏱  {at:%m-%d %H:%M}")

    def _platform_got(self, entry: Json) -> None:
        said, result = entry["body"]["data"]["text"], entry["answer"]["body"]["result"]
        print(f"    → {self.script.platform} {entry['work_order_no']}: {said} ({result})")

    @contextmanager
    def _scene(self) -> Iterator[None]:
        print(f"\n▶ {next(self._scenes)}")
        yield


def _actions(message: Json) -> list[str]:
    return [each["action_id"] for each in message["actions"]]


def _tell_call(called: Json) -> None:
    print(f"    🔔 {cast.name_of(called['user'])}: {called['text']}")


def tell(where: str, message: Json) -> None:
    """Print a message as its reader sees it."""
    print(f"    {where}")
    for line in "\n".join(message["lines"]).splitlines():
        print(f"      {line}")
