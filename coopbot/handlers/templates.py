"""Home › Templates: the list, the form, the preview. Leads only; the services say so."""

from __future__ import annotations

from typing import Any

from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.opening import opening
from coopbot.handlers.reception import Followup, Reception
from coopbot.services import templates
from coopbot.services.permission import language_of
from coopbot.views.templates import preview_modal, read_template, shops_of, template_modal, templates_modal


async def open_list(reception: Reception, click: Click) -> Followup:
    return await opening(reception, click.user, click.trigger_id, _list(reception, click.user, click.value))


async def new(reception: Reception, click: Click) -> Followup:
    return await _form(reception, click, "")


async def do(reception: Reception, click: Click) -> Followup:
    """What was chosen in the menu beside a template."""
    act, _, code = click.value.partition("|")
    name, now = click.metadata, reception.clock.now()
    if act == "retire":
        await reception.write(templates.retire, now, reception.desk, click.user, name, code)
        return reception.update_view(click.view_id, await _list(reception, click.user, name))
    if act == "preview":
        template = await reception.read(templates.one, reception.desk, click.user, name, code)
        seen = await reception.read(templates.example, now, reception.desk, name, template)
        t = reception.languages[await reception.read(language_of, reception.desk, click.user)]
        return reception.push_view(click.trigger_id, preview_modal(template, seen, t))
    return await _form(reception, click, code)


async def saved(reception: Reception, submission: Submission) -> None:
    """The form: saved before it closes; the list below it is then shown anew."""
    name, _, rest = submission.metadata.partition("|")
    code, _, was = rest.partition("|")
    draft = read_template(submission.values, code)
    await reception.write(templates.save, reception.clock.now(), reception.desk, submission.user, name, draft, was)
    if submission.below:
        reception.hold(reception.update_view(submission.below, await _list(reception, submission.user, name)))


async def _form(reception: Reception, click: Click, code: str) -> Followup:
    desk, name = reception.desk, click.metadata
    team, known, _ = await reception.read(templates.listed, desk, click.user, name)
    t = reception.languages[await reception.read(language_of, desk, click.user, team)]
    template = next((each for each in known if each.code == code), None)
    view = template_modal(team, desk.profile, shops_of(desk, team), t, template)
    return reception.push_view(click.trigger_id, view)


async def _list(reception: Reception, user: str, name: str) -> dict[str, Any]:
    team, known, uses = await reception.read(templates.listed, reception.desk, user, name)
    t = reception.languages[await reception.read(language_of, reception.desk, user, team)]
    return templates_modal(team, known, uses, reception.desk.profile, t)
