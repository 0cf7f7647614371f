"""Money in Slack: the buttons on its news, ``/coop exposure`` and ``/coop penalties``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from coopbot.domain.kit import files_in
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.outage import Decision
from coopbot.domain.periods import looks_like_month, read_month
from coopbot.errors import Refusal, StoreBusy
from coopbot.handlers.asking import Asked
from coopbot.handlers.interaction import Click
from coopbot.handlers.ledger_file import FORMATS, content
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Message, Translate
from coopbot.services import appeal_kit, appeals, export, exposure, outage_decision, outage_end, reading, risk
from coopbot.services.permission import language_of
from coopbot.views import account, kit
from coopbot.views import outage as outage_view
from coopbot.views.help import usage
from coopbot.views.kit_page import Document
from coopbot.views.reckoning import reckoning_modal

log = logging.getLogger(__name__)

Upload = tuple[str, str | bytes]
"""A file's name and content."""


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


async def outage_over(reception: Reception, click: Click) -> Followup:
    """Opens the form for when it was over."""
    filed, language = await reception.read(outage_end.to_end, reception.desk, click.user, click.pressed.subject)
    view = outage_view.end_modal(filed, reception.languages[language], reception.clock.now())
    return reception.open_view(click.trigger_id, view)


async def build_kit(reception: Reception, click: Click) -> Followup:
    """The appeal kit as files, sent to who clicked: a page to read, the records to check, and what they name."""
    now, desk = reception.clock.now(), reception.desk
    document = await reception.read(appeal_kit.build, now, desk, click.user, click.pressed.subject)
    t = reception.languages[await reception.read(language_of, desk, click.user)]
    return _send_kit(reception, click, document, t)


async def show_reckoning(reception: Reception, click: Click) -> Followup:
    """Behind the sum of the pinned message, and of Home: each order with its reason."""
    now = reception.clock.now()
    found, language = await reception.read(risk.reckoning, now, reception.desk, click.user, click.pressed.subject)
    return reception.open_view(click.trigger_id, reckoning_modal(found, reception.languages[language], now))


async def show_exposure(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop exposure [shop]``."""
    now, shop = reception.clock.now(), " ".join(asked.words[1:])
    found, _ = await reception.read(exposure.for_owner, now, reception.desk, asked.user, asked.channel, shop)
    return account.exposure(found, reception.desk.profile, t, now)


async def show_penalties(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop penalties [shop] [month]``, in either order."""
    now = reception.clock.now()
    months = [word for word in asked.words[1:] if looks_like_month(word)]
    shop = " ".join(word for word in asked.words[1:] if word not in months)
    month = _month(months)
    found, _ = await reception.read(exposure.for_owner, now, reception.desk, asked.user, asked.channel, shop, month)
    return account.penalties(found, reception.desk.profile, t, now, asked_for=f"{month}|{asked.channel}|{shop}")


async def ledger_file(reception: Reception, click: Click) -> Followup:
    """Every entry behind ``/coop penalties``, as files for a spreadsheet, sent to the one who clicked."""
    month, channel, shop = [*click.pressed.subject.split("|", 2), "", ""][:3]
    entries, _ = await reception.read(export.for_owner, reception.desk, click.user, channel, shop, month)
    t = reception.languages[await reception.read(language_of, reception.desk, click.user)]
    return _send_ledger(reception, click, entries, month, t)


async def exam(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop exam PENALTY``: an exam was passed in place of these points."""
    if len(asked.words) < 2:
        return usage("exam", t)
    now, desk = reception.clock.now(), reception.desk
    await reception.write(appeals.exam_by_number, now, desk, asked.user, asked.words[1])
    return Message(kit.exam_recorded(t))


async def _decide(reception: Reception, click: Click, decision: Decision) -> None:
    now, desk = reception.clock.now(), reception.desk
    await reception.write(outage_decision.decide, now, desk, click.user, click.pressed.subject, decision)


async def _done(reception: Reception, click: Click, words: kit.Words) -> Followup:
    t = reception.languages[await reception.read(language_of, reception.desk, click.user)]
    return reception.whisper(click.response_url, words(t))


async def _send_kit(reception: Reception, click: Click, document: Document, t: Translate) -> None:
    """After the ack: what the records name may be large."""
    files: list[Upload] = [*kit.files(document, t)]
    try:
        named = [(name, await reception.read(reading.file, each)) for each, name in files_in(document).items()]
        files += [(name, found[1]) for name, found in named if found is not None and found[1] is not None]
    except StoreBusy as error:
        log.warning("an appeal kit goes without its files: %s", error)
    await reception.hand_files(click.user, files, kit.handed_over(document, t))


async def _send_ledger(
    reception: Reception, click: Click, entries: Sequence[LedgerEntry], month: str, t: Translate
) -> None:
    name = "-".join(part for part in ("penalties", month) if part)
    made = [await asyncio.to_thread(content, kind, entries, reception.desk, t) for kind in reversed(FORMATS)]
    files = [(f"{name}.{kind}", one) for kind, one in zip(reversed(FORMATS), made, strict=True)]
    await reception.hand_files(click.user, files, account.ledger_handed_over(len(entries), t))


def _month(words: Sequence[str]) -> str:
    """The month that was asked for; empty for the present one. Raises Refusal for what is none, and for two."""
    try:
        (found,) = words or ("",)
        return read_month(found) if found else ""
    except ValueError:
        raise Refusal("unknown_month", month=" ".join(words)) from None
