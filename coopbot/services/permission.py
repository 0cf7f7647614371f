"""Who may do what (decisions.md 8, 9). Answered from what the store knows: nothing is asked of Slack before the ack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coopbot.domain.people import Person
from coopbot.domain.team import Desk, Role, Team
from coopbot.errors import Refusal
from coopbot.ports import Tx


def members_of(tx: Tx, team: Team) -> frozenset[str] | None:
    """The people of the team: its list, its user group, else the channel's membership; None when unknown."""
    if team.members is not None:
        return team.members
    return tx.people.members(team.usergroup or team.channel)


def with_leads(tx: Tx, team: Team) -> Team:
    """The team with the members of its leads' and managers' user groups, as far as they are known."""
    if team.lead_group:
        team = replace(team, leads=tuple(sorted(tx.people.members(team.lead_group) or ())))
    if team.manager_group:
        team = replace(team, managers=tuple(sorted(tx.people.members(team.manager_group) or ())))
    return team


def roles_of(tx: Tx, desk: Desk, team: Team, user: str) -> frozenset[Role]:
    """Everything that ``user`` is to ``team``."""
    roles = with_leads(tx, team).roles(user, members_of(tx, team))
    return roles | {Role.OPERATOR} if user in desk.operators else roles


def must_be_member(tx: Tx, desk: Desk, team: Team, user: str) -> frozenset[Role]:
    """The user's roles. Raises Refusal for somebody outside the team, or when the membership is not known yet."""
    roles = roles_of(tx, desk, team, user)
    if Role.MEMBER not in roles:
        known = members_of(tx, team) is not None and _groups_known(tx, team)
        raise Refusal("not_a_member" if known else "members_unknown", team=team.name, channel=team.channel)
    must_be_no_guest(tx, team, user)
    return roles


def must_be_no_guest(tx: Tx, team: Team, user: str) -> None:
    """Raises Refusal for somebody who may read here, not act."""
    person = tx.people.known([user]).get(user)
    if person is not None and person.guest:
        raise Refusal("guest", team=team.name, channel=team.channel)


def must_lead(tx: Tx, desk: Desk, team: Team, user: str) -> None:
    """Raises Refusal unless ``user`` leads or manages the team."""
    if Role.LEAD not in must_be_member(tx, desk, team, user):
        if not _groups_known(tx, team):
            raise Refusal("members_unknown", team=team.name, channel=team.channel)
        raise Refusal("only_leads", leads=list(with_leads(tx, team).leads))


def _groups_known(tx: Tx, team: Team) -> bool:
    """Whether Slack has said who leads: until then nobody is refused for not leading."""
    return all(tx.people.members(group) is not None for group in (team.lead_group, team.manager_group) if group)


def language_of(tx: Tx, desk: Desk, user: str, team: Team | None = None) -> str:
    """The language for whispers and modals: the user's own, else the team's (of several their first), else the
    installation's."""
    return speaks(tx, desk, user, team)[0]


def speaks(tx: Tx, desk: Desk, user: str, team: Team | None = None) -> tuple[str, bool]:
    """The same, and whether it is theirs or their team's: a stranger's language is not known."""
    person = tx.people.known([user]).get(user, Person(user))
    if person.language:
        return person.language, True
    team = team or next((each for each in desk.teams if Role.MEMBER in roles_of(tx, desk, each, user)), None)
    return (team.language, True) if team else (desk.language, False)


def names_of(tx: Tx, users: Sequence[str]) -> Mapping[str, str]:
    """Display names by Slack user id, as far as they are known."""
    return {user: person.name for user, person in tx.people.known(sorted({*users} - {""})).items() if person.name}
