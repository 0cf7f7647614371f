"""What the operator asks the log: everything that happened to one order, with the names of who did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coopbot.domain.team import Desk
from coopbot.domain.trail import Line, trail
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.looking import key_of
from coopbot.services.permission import names_of


def of_order(tx: Tx, desk: Desk, number: str) -> tuple[Sequence[Line], Mapping[str, str]]:
    """The trail of the first connection's order with that number. Raises Refusal when none has it."""
    order = tx.orders.get(key_of(tx, desk, number))
    if order is None:
        raise Refusal("unknown_order", order=number)
    lines = trail(order, desk.rules_for(order))
    return lines, names_of(tx, [line.by for line in lines])
