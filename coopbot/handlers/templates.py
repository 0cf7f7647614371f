"""Home › Templates: the list, the form, the preview, the file. Leads only; the services say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopbot.errors import Refusal
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.opening import made_or_said, opening
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Fetched, Refused, Translate
from coopbot.services import template_file, templates
from coopbot.services.permission import language_of
from coopbot.views import ids
from coopbot.views.loading import loading
from coopbot.views.reply_modal import read_files
from coopbot.views.templates import (
    file_modal,
    handed_over,
    preview_modal,
    read_template,
    saved_as_file,
    shops_of,
    taken_modal,
    template_modal,
    templates_modal,
)


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


async def export(reception: Reception, click: Click) -> Followup:
    """The team's templates as a file, to the one who clicked."""
    name, user = click.metadata, click.user
    rows = await reception.read(template_file.exported, reception.desk, name, user)
    team, known, uses = await reception.read(templates.listed, reception.desk, user, name)
    t = reception.languages[await reception.read(language_of, reception.desk, user, team)]
    view = templates_modal(team, known, uses, reception.desk.profile, t, said=saved_as_file(t))
    file = (f"templates-{name}.json", template_file.written(rows).encode())

    async def hand_over() -> None:
        await reception.hand_files(user, [file], handed_over(len(rows), team, t))
        await reception.update_view(click.view_id, view)

    return hand_over()


async def ask_for_file(reception: Reception, click: Click) -> Followup:
    t = reception.languages[await reception.read(language_of, reception.desk, click.user)]
    await reception.read(templates.listed, reception.desk, click.user, click.metadata)  # refuses who does not lead
    return reception.push_view(click.trigger_id, file_modal(click.metadata, t))


async def take_file(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """A file takes longer to be had than Slack waits: what became of it comes in the place of a loading view."""
    t = reception.languages[await reception.read(language_of, reception.desk, submission.user)]
    await reception.read(templates.listed, reception.desk, submission.user, submission.metadata)
    handed = read_files(submission.values, ids.TEMPLATE_FILE)
    if not handed:
        raise Refusal("no_template_file", block=ids.TEMPLATE_FILE)
    reception.hold(_taken(reception, submission, handed[0].source, t))
    return {"response_action": "update", "view": loading(t)}


async def _taken(reception: Reception, submission: Submission, source: str, t: Translate) -> None:
    user, name = submission.user, submission.metadata

    async def take() -> dict[str, Any]:
        rows = template_file.rows_of(await _content(reception, source))
        n, faults = await reception.write(
            template_file.taken_in, reception.clock.now(), reception.desk, user, name, rows
        )
        return taken_modal(n, faults, t)

    view = await made_or_said(reception, user, take())
    await reception.update_view(str(submission.view["id"]), view)
    if submission.below:
        await reception.update_view(submission.below, await _list(reception, user, name))


async def _content(reception: Reception, source: str) -> bytes:
    """Raises Refusal where Slack does not hand it over."""
    assert reception.uploads is not None
    found = await reception.uploads.fetch(source, template_file.LARGEST)
    if isinstance(found, Fetched):
        return found.content
    raise Refusal("file_not_had", reason=found.code if isinstance(found, Refused) else "not_to_be_had")


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
