"""Modals in time: a trigger lives 3 s from the click, so what takes long is preceded by a view that says so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from coopbot.errors import Refusal
from coopbot.handlers.reception import Followup, Reception, error_id
from coopbot.ports import Translate
from coopbot.services.permission import language_of
from coopbot.views.error import error_modal, refused_modal
from coopbot.views.loading import loading
from coopbot.views.refusal import refusal

log = logging.getLogger(__name__)

View = Coroutine[Any, Any, dict[str, Any]]


async def opening(reception: Reception, user: str, trigger_id: str, view: View) -> Followup:
    """Open ``view``, at once where it is there in time. Raises what making it raises, as long as nothing is open."""
    made = asyncio.ensure_future(view)
    done, _ = await asyncio.wait({made}, timeout=reception.modal_within_s)
    if done:
        return reception.open_view(trigger_id, made.result())
    return opened_first(reception, user, trigger_id, made)


async def opened_first(
    reception: Reception, user: str, trigger_id: str, view: View | asyncio.Future[dict[str, Any]]
) -> None:
    """Open a loading view and put ``view`` in its place; what goes wrong meanwhile is said there."""
    opened: Any = await reception.client.views_open(trigger_id=trigger_id, view=loading(await _words(reception, user)))
    made = await made_or_said(reception, user, view)
    await reception.client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=made)


async def made_or_said(reception: Reception, user: str, view: View | asyncio.Future[dict[str, Any]]) -> dict[str, Any]:
    """The view; where it can't be made, one that says why. After the ack nobody else would hear of it."""
    try:
        return await view
    except Refusal as why:
        t = await _words(reception, user)
        return refused_modal(refusal(why.code, why.facts, t), t)
    except Exception:
        identity = error_id()
        log.exception("a modal could not be made, id %s", identity)
        return error_modal(identity, await _words(reception, user))


async def _words(reception: Reception, user: str) -> Translate:
    """The user's language; the installation's where the store is what keeps us waiting."""
    try:
        async with asyncio.timeout(reception.modal_within_s / 4):
            return reception.languages[await reception.store.read(language_of, reception.desk, user)]
    except Exception:
        return reception.languages[reception.desk.language]
