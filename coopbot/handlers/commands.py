"""``/coop …``: answered in the ack itself, only to the asker; unknown words get help, not silence."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from slack_bolt.async_app import AsyncAck

from coopbot.errors import Refusal, StoreBusy
from coopbot.handlers import oncall, promises, quiet
from coopbot.handlers.asking import Asked
from coopbot.handlers.money import exam, show_exposure, show_penalties
from coopbot.handlers.reception import Reception, error_id
from coopbot.ports import Message, Translate
from coopbot.services import looking, pausing, status
from coopbot.services.outages import team_of_user
from coopbot.services.permission import speaks
from coopbot.views import help as help_view
from coopbot.views import outage as outage_view
from coopbot.views.held import held as held_view
from coopbot.views.refusal import refusal
from coopbot.views.status import status as status_view
from coopbot.views.why import why as why_view

log = logging.getLogger(__name__)


Answerer = Callable[[Reception, Asked, Translate], Awaitable[Message | None]]


async def command(reception: Reception, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Ack with the answer; a failure is answered too, with an id."""
    asked = Asked.of(body)
    language, known = await _speaks(reception, asked)
    t = reception.languages[language]
    if not known:
        reception.hold(reception.meet(asked.user))
    try:
        message = await answer(reception, asked, t)
    except Refusal as why:
        spoken = [t] if known else [t, reception.languages[_OTHER[t.language]]]
        message = Message("\n".join(refusal(why.code, why.facts, each) for each in spoken))
    except StoreBusy:
        message = Message(refusal("store_busy", {"id": _logged(asked)}, t))
    except Exception:
        message = Message(refusal("failed", {"id": _logged(asked)}, t))
    if message is None:
        await ack()
    else:
        await ack(
            text=message.text, blocks=[dict(block) for block in message.blocks] or None, response_type="ephemeral"
        )


def is_command(word: str) -> bool:
    return word.lower() in COMMANDS or word in _CHINESE


async def answer(reception: Reception, asked: Asked, t: Translate) -> Message | None:
    """The answer to what was asked; also for direct messages and mentions (decisions.md 21)."""
    word = asked.words[0].lower() if asked.words else "status"
    answerer = COMMANDS.get(word) or COMMANDS.get(_CHINESE.get(word, ""))
    if answerer is None:
        return help_view.help_(t, unknown=asked.words[0])
    return await answerer(reception, asked, t)


async def show_status(reception: Reception, asked: Asked, t: Translate) -> Message:
    now = reception.clock.now()
    teams, _ = await reception.read(status.where_we_stand, now, reception.desk, asked.user, asked.channel)
    return status_view(teams, t, now)


async def show_help(_: Reception, __: Asked, t: Translate) -> Message:
    return help_view.help_(t)


async def outage(reception: Reception, asked: Asked, t: Translate) -> None:
    """Opens the form; the answer is the form itself."""
    team = await reception.read(team_of_user, reception.desk, asked.user, asked.channel)
    shops = reception.desk.names_by_key
    view = outage_view.outage_modal(team, t, reception.clock.now(), shops, reception.desk.files)
    reception.hold(reception.open_view(asked.trigger_id, view))


async def why(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop why ORDER``: how the due time came about."""
    if len(asked.words) < 2:
        return help_view.usage("why", t)
    now, number = reception.clock.now(), asked.words[1]
    it, _ = await reception.read(looking.by_number, now, reception.desk, asked.user, number)
    return why_view(it, t)


async def hold(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop hold ORDER WHY``: a lead's recorded pause; the card says whether the platform's clock runs on."""
    if len(asked.words) < 2:
        return help_view.usage("hold", t)
    reason = " ".join(asked.words[2:])
    it = await reception.write(pausing.by_number, pausing.pause, *_of(reception, asked), reason)
    return held_view(it, t)


async def resume(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop resume ORDER``: ends it."""
    if len(asked.words) < 2:
        return help_view.usage("resume", t)
    it = await reception.write(pausing.by_number, pausing.resume, *_of(reception, asked))
    return held_view(it, t)


def _of(reception: Reception, asked: Asked) -> tuple[Any, ...]:
    return reception.clock.now(), reception.desk, asked.user, asked.words[1]


async def _speaks(reception: Reception, asked: Asked) -> tuple[str, bool]:
    """The asker's language, and whether it is known: a stranger is told in both."""
    team = reception.desk.team_in(asked.channel)
    try:
        return await reception.read(speaks, reception.desk, asked.user, team)
    except Exception:
        return team.language if team else reception.desk.language, True


def _logged(asked: Asked) -> str:
    identity = error_id()
    log.exception("/coop %s failed, id %s", " ".join(asked.words), identity)
    return identity


COMMANDS: Mapping[str, Answerer] = MappingProxyType(
    {
        "status": show_status,
        "help": show_help,
        "outage": outage,
        "why": why,
        "hold": hold,
        "resume": resume,
        "exposure": show_exposure,
        "penalties": show_penalties,
        "exam": exam,
        "oncall": oncall.command,
        "drill": oncall.drill,
        "quiet": quiet.command,
        "promises": promises.command,
    }
)
_OTHER = {"zh-CN": "en", "en": "zh-CN"}
_CHINESE = {
    "状态": "status",
    "帮助": "help",
    "报备": "outage",
    "异常报备": "outage",
    "为什么": "why",
    "暂停": "hold",
    "恢复": "resume",
    "敞口": "exposure",
    "风险": "exposure",
    "处罚": "penalties",
    "以考代罚": "exam",
    "值班": "oncall",
    "演练": "drill",
    "免打扰": "quiet",
    "承诺": "promises",
    "?": "help",
}
