"""Money in Slack: the buttons on its news, ``/coop exposure`` and ``/coop penalties``."""

from __future__ import annotations

import logging
import re

from coopbot.domain.kit import files_in
from coopbot.domain.outage import Decision
from coopbot.errors import StoreBusy
from coopbot.handlers.asking import Asked
from coopbot.handlers.interaction import Click
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Message, Translate
from coopbot.services import appeal_kit, appeals, exposure, outage_decision, reading
from coopbot.services.permission import language_of
from coopbot.views import account, kit
from coopbot.views.help import help_

log = logging.getLogger(__name__)

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


async def appealed(reception: Reception, click: Click) -> Followup:
    await reception.write(appeals.appealed, reception.clock.now(), reception.desk, click.user, click.pressed.subject)
    return await _done(reception, click, kit.appeal_recorded)


async def appeal_lost(reception: Reception, click: Click) -> Followup:
    await reception.write(appeals.lost, reception.clock.now(), reception.desk, click.user, click.pressed.subject)
    return await _done(reception, click, kit.loss_recorded)


async def outage_granted(reception: Reception, click: Click) -> None:
    await _decide(reception, click, Decision.GRANTED)


async def outage_refused(reception: Reception, click: Click) -> None:
    await _decide(reception, click, Decision.REFUSED)


async def build_kit(reception: Reception, click: Click) -> Followup:
    """The appeal kit as files, sent to who clicked: a page to read, the records to check, and what they name."""
    now, desk = reception.clock.now(), reception.desk
    document = await reception.read(appeal_kit.build, now, desk, click.user, click.pressed.subject)
    t = reception.languages[await reception.read(language_of, desk, click.user)]
    return _send(reception, click, document, t)


async def show_exposure(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop exposure [shop]``."""
    now, shop = reception.clock.now(), " ".join(asked.words[1:])
    found, _ = await reception.read(exposure.for_owner, now, reception.desk, asked.user, asked.channel, shop)
    return account.exposure(found, reception.desk.profile, t, now)


async def show_penalties(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop penalties [shop] [month]``, in either order."""
    now = reception.clock.now()
    months = [word for word in asked.words[1:] if _MONTH.fullmatch(word)]
    shop = " ".join(word for word in asked.words[1:] if word not in months)
    month = months[0] if months else ""
    found, _ = await reception.read(exposure.for_owner, now, reception.desk, asked.user, asked.channel, shop, month)
    return account.penalties(found, reception.desk.profile, t, now)


async def exam(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop exam PENALTY``: an exam was passed in place of these points."""
    if len(asked.words) < 2:
        return help_(t, unknown="exam")
    now, desk = reception.clock.now(), reception.desk
    await reception.write(appeals.exam_by_number, now, desk, asked.user, asked.words[1])
    return Message(kit.exam_recorded(t))


async def _decide(reception: Reception, click: Click, decision: Decision) -> None:
    now, desk = reception.clock.now(), reception.desk
    await reception.write(outage_decision.decide, now, desk, click.user, click.pressed.subject, decision)


async def _done(reception: Reception, click: Click, words: kit.Words) -> Followup:
    t = reception.languages[await reception.read(language_of, reception.desk, click.user)]
    return reception.whisper(click.response_url, words(t))


async def _send(reception: Reception, click: Click, document: kit.Document, t: Translate) -> None:
    """After the ack: what the records name may be large."""
    opened = await reception.client.conversations_open(users=[click.user])
    files: list[tuple[str, str | bytes]] = [*kit.files(document, t)]
    try:
        named = [(name, await reception.read(reading.file, each)) for each, name in files_in(document).items()]
        files += [(name, found[1]) for name, found in named if found is not None and found[1] is not None]
    except StoreBusy as error:
        log.warning("an appeal kit goes without its files: %s", error)
    uploads = [{"filename": name, "title": name, "content": content} for name, content in files]
    channel, words = opened["channel"]["id"], kit.handed_over(document, t)
    await reception.client.files_upload_v2(channel=channel, initial_comment=words, file_uploads=uploads)
