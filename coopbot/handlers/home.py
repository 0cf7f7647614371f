"""The Home tab: where the user's teams stand; for managers and leads their shops' accounts; the outage form."""

from __future__ import annotations

from typing import Any

from coopbot.errors import Refusal
from coopbot.handlers.reception import Reception
from coopbot.ports import Message, Translate
from coopbot.services import exposure, outage_end, status, templates
from coopbot.services.permission import language_of
from coopbot.views import account, home, outage
from coopbot.views.refusal import refusal
from coopbot.views.status import status as status_view
from coopbot.views.templates import home_buttons

MOST_BLOCKS = 100
"""Of a Home tab (slack.md A1)."""


async def publish(reception: Reception, user: str) -> None:
    """Show the user their Home, as it stands now."""
    t = reception.languages[await reception.read(language_of, reception.desk, user)]
    going_on = outage.lasting(await reception.read(outage_end.lasting, reception.desk, user), t, reception.clock.now())
    view = home.home(await _status(reception, user, t), await _account(reception, user, t), t, going_on)
    led = await reception.read(templates.led_by, reception.desk, user)
    await reception.client.views_publish(
        user_id=user, view={**view, "blocks": [*view["blocks"], *home_buttons(led, t)][:MOST_BLOCKS]}
    )


async def _status(reception: Reception, user: str, t: Translate) -> Message:
    now = reception.clock.now()
    try:
        teams, _ = await reception.read(status.where_we_stand, now, reception.desk, user, "")
    except Refusal as why:
        return Message(refusal(why.code, why.facts, t))
    return status_view(teams, t, now)


async def _account(reception: Reception, user: str, t: Translate) -> list[dict[str, Any]]:
    """Money by role (decisions.md 12): nothing for members."""
    now, desk = reception.clock.now(), reception.desk
    try:
        found, _ = await reception.read(exposure.for_owner, now, desk, user, "")
    except Refusal:
        return []
    return [dict(block) for block in account.exposure(found, desk.profile, t, now).blocks]
