"""The team's templates: leads write, change and retire them; how often each was used is counted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from coopbot.domain.durations import parse_duration
from coopbot.domain.profile import Profile
from coopbot.domain.scene import has_loose_brace
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, Role, Team
from coopbot.domain.template import MOST, MOST_NAME, Template
from coopbot.domain.work_order import WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.answering import Draft, must_be_effective
from coopbot.services.change import seen
from coopbot.services.permission import must_lead, roles_of
from coopbot.services.template_store import all_of, put_all, record, uses_of


def led_by(tx: Tx, desk: Desk, user: str) -> list[Team]:
    """The teams whose templates ``user`` may change."""
    return [team for team in (*desk.teams, desk.fallback) if Role.LEAD in roles_of(tx, desk, team, user)]


def team_named(desk: Desk, name: str) -> Team:
    """Raises Refusal for no such team."""
    found = next((team for team in (*desk.teams, desk.fallback) if team.name == name), None)
    if found is None:
        raise Refusal("no_team")
    return found


def listed(tx: Tx, desk: Desk, user: str, name: str) -> tuple[Team, Sequence[Template], Mapping[str, int]]:
    """A team's templates, those in use first, and how often each was sent. For its leads; raises Refusal."""
    team = team_named(desk, name)
    must_lead(tx, desk, team, user)
    templates = sorted(all_of(tx, team), key=lambda each: (each.retired, each.name))
    return team, templates, uses_of(tx, team)


def save(tx: Tx, now: datetime, desk: Desk, user: str, name: str, draft: Template, was: str = "") -> Template:
    """Add the template, or put it in place of the one with its code, if that is still ``was``: its mark in the form.

    Raises Refusal for what could not be sent, and for what another lead has changed since the form was opened.
    """
    team = team_named(desk, name)
    must_lead(tx, desk, team, user)
    known = list(all_of(tx, team, for_update=True))
    there = next((each for each in known if each.code == draft.code), None)
    if there is not None and was and there.mark not in (was, replace(draft, retired=there.retired).mark):
        raise Refusal("template_changed", block="template_text", by=there.by)
    check(desk.profile, draft, known)
    if not draft.code:
        draft = replace(draft, code=new_code(draft, now))
    template = replace(draft, by=user)
    record(tx, now, team, "edited" if there is not None else "written", user, "slack:modal", there, template)
    put_all(tx, now, team, [each for each in known if each.code != template.code] + [template])
    return template


def retire(tx: Tx, now: datetime, desk: Desk, user: str, name: str, code: str) -> Template:
    """Offer it no more, or again: nothing is deleted, what was sent with it keeps its name."""
    team = team_named(desk, name)
    must_lead(tx, desk, team, user)
    known = list(all_of(tx, team, for_update=True))
    found = _with_code(known, code)
    changed = replace(found, retired=not found.retired, by=user)
    if not changed.retired:
        check(desk.profile, changed, known)
    act = "retired" if changed.retired else "offered_again"
    record(tx, now, team, act, user, "slack:button", found, changed)
    put_all(tx, now, team, [changed if each.code == code else each for each in known])
    return changed


def one(tx: Tx, desk: Desk, user: str, name: str, code: str) -> Template:
    """Raises Refusal for none with that code."""
    team = team_named(desk, name)
    must_lead(tx, desk, team, user)
    return _with_code(all_of(tx, team), code)


def example(tx: Tx, now: datetime, desk: Desk, name: str, template: Template) -> Seen | None:
    """A real order of the team that the template is for, the soonest due; None when there is none now."""
    team = team_named(desk, name)
    fitting = (
        order
        for order in tx.orders.unfinished(team.channel)
        if replace(template, retired=False).fits(order, desk.rules_for(order))
    )
    order: WorkOrder | None = next(iter(fitting), None)
    return seen(tx, order, desk, now) if order is not None else None


def check(rules: Profile, draft: Template, known: Sequence[Template]) -> None:
    """Raises Refusal, naming the form's input, for what could not be sent or offered beside ``known``."""
    others = [each for each in known if each.code != draft.code and not each.retired]
    if not draft.name.strip() or len(draft.name) > MOST_NAME:
        raise Refusal("template_name", block="template_name", limit=MOST_NAME)
    if any(each.name == draft.name for each in others):
        raise Refusal("template_twice", block="template_name")
    if len(others) >= MOST and not draft.retired:
        raise Refusal("templates_full", block="template_name", limit=MOST)
    __check_within(draft.within)
    if has_loose_brace(draft.text):
        raise Refusal("template_brace", block="template_text")
    try:
        must_be_effective(rules, Draft(draft.text))
    except Refusal as why:
        raise Refusal(why.code, **{**why.facts, "block": "template_text"}) from None


def __check_within(text: str) -> None:
    """Raises Refusal for what is no length of time; empty is none, and is right."""
    try:
        wrong = bool(text) and parse_duration(text) <= timedelta(0)
    except ValueError:
        wrong = True
    if wrong:
        raise Refusal("template_within", block="template_within")


def _with_code(known: Sequence[Template], code: str) -> Template:
    found = next((each for each in known if each.code == code), None)
    if found is None:
        raise Refusal("unknown_template")
    return found


def new_code(draft: Template, now: datetime) -> str:
    return f"t-{hashlib.sha256(f'{draft.name}{draft.text}{now.isoformat()}'.encode()).hexdigest()[:10]}"
