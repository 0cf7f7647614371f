"""What falls due next, in a few words for a clock."""

from __future__ import annotations

from coopbot.domain.upcoming import Upcoming
from coopbot.ports import Translate
from coopbot.views.pen import msgid
from coopbot.views.reminder import rung_name
from coopbot.views.text import inline

WORDS = {
    "rung": msgid("{about}: reminder, {rung}"),
    "opening": msgid("{about}: its clock starts"),
    "urge": msgid("{about}: urged"),
    "late": msgid("{about}: overdue"),
    "claim_remind": msgid("{about}: reminder to answer what was claimed"),
    "claim_end": msgid("{about}: the claim ends"),
    "look": msgid("{about}: looked at again"),
    "shift_end": msgid("{about}: half an hour before the shift ends"),
    "handover": msgid("{about}: change of shift"),
    "top_up": msgid("{about}: reminder to top up the deposit"),
    "appeal": msgid("{about}: reminder to appeal"),
    "outage_window": msgid("{about}: reminder of the window for an outage report"),
    "outage_end": msgid("{about}: is the outage over?"),
    "outage_decision": msgid("{about}: no decision on the outage yet"),
}


def upcoming(it: Upcoming, t: Translate) -> str:
    """Plain text."""
    return t(WORDS[it.what], about=inline(it.about), rung=rung_name(it.rung, t))
