"""Sensitive answers are asked about once more: the text waits here between the two steps, and only it is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from coopbot.domain.approval import needed
from coopbot.domain.files import HandedIn
from coopbot.domain.seen import Seen
from coopbot.domain.sensitive import Sensitive, sensitive
from coopbot.domain.team import Desk
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import drafts
from coopbot.services.answering import Draft, must_be_answerable
from coopbot.services.looking import for_member


@dataclass(frozen=True)
class Question:
    seen: Seen
    language: str
    sensitive: Sensitive


def question(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, draft: Draft) -> Question | None:
    """Whether this answer is asked about first, and why. Raises Refusal for one that could not be sent anyway."""
    it, language = for_member(tx, now, desk, user, key)
    why = sensitive(it, draft.text, draft.fields)
    if why is not None and needed(it, draft.text, draft.fields):
        return None  # a second person looks at it instead (coopbot.domain.approval)
    if why is None or it.order.standing_reply is not None:  # an answer that stands is :func:`answer`'s to judge
        return None
    must_be_answerable(tx, now, desk, user, it.order, draft)
    return Question(it, language, why)


def ask(tx: Tx, now: datetime, user: str, key: OrderKey, draft: Draft) -> None:
    """Keep what is asked about; free text is a draft too, should the second step never come."""
    value = {
        "text": draft.text,
        "preset_code": draft.preset_code,
        "fields": dict(draft.fields),
        "view": draft.view,
        "files": [each.to_json() for each in draft.files],
        "at": now.isoformat(),
    }
    tx.notes.put(_note(user, key, digest(draft.text)), value, now)
    if draft.preset_code is None:
        drafts.keep(tx, now, user, key, draft.text)


def asked(tx: Tx, user: str, key: OrderKey, which: str) -> Draft:
    """The answer that the second step showed. Raises Refusal when it is not kept any more."""
    kept = tx.notes.get(_note(user, key, which))
    if kept is None:
        raise Refusal("not_asked")
    files = tuple(HandedIn.from_json(each) for each in kept.get("files") or ())
    draft = Draft(str(kept["text"]), kept["preset_code"], dict(kept["fields"]), str(kept["view"]), files)
    return replace(draft, asked=True)


def digest(text: str) -> str:
    """What the second step carries in place of the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _note(user: str, key: OrderKey, which: str) -> str:
    return f"{drafts.PREFIX}asked:{user}:{key}:{which}"
