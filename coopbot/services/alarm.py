"""What the operator must know: once per cause while it is pending, never to the team."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.team import Desk
from coopbot.ports import Tx


def alarm(tx: Tx, desk: Desk, code: str, /, *, key: str, also: Sequence[str] = (), **facts: object) -> None:
    """Owe each operator a direct line (the fallback channel where there is none). ``facts`` are plain JSON.

    ``also`` are people whose own business it is: a team's leads.
    """
    for target in dict.fromkeys((*(desk.operators or (desk.fallback.channel,)), *also)):
        args = {"code": code, "facts": facts}
        once = f"alarm:{code}:{key}:{target}"
        tx.outbox.add([Intent(What.OPERATOR, target, Priority.BREACH, key=once, args=args)])
