"""Teams, people and connections: who answers for which shop, who leads, who is on call (configuration.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from coopbot.domain.approval_rules import OwnApproval, people_in
from coopbot.domain.calendar import Calendar
from coopbot.domain.files import USUAL_RULES, FileRules
from coopbot.domain.ladder import Rung
from coopbot.domain.layers import Layer
from coopbot.domain.links import Links
from coopbot.domain.profile import Profile
from coopbot.domain.quiet import Quiet
from coopbot.domain.roster import Booking, Roster, Standin
from coopbot.domain.rota import Duty, Shift
from coopbot.domain.work_order import OrderKey, WorkOrder


class Role(StrEnum):
    """decisions.md 12. Somebody can have several."""

    MEMBER = "member"
    LEAD = "lead"
    MANAGER = "manager"
    OPERATOR = "operator"


class ShopKey(NamedTuple):
    """A shop on a connection, written ``jd:10001`` in coopbot.toml."""

    connection: str
    shop_id: str

    def __str__(self) -> str:
        return f"{self.connection}:{self.shop_id}"


@dataclass(frozen=True)
class Team:
    """A channel whose people answer for some shops."""

    name: str
    channel: str
    shops: frozenset[ShopKey]
    language: str
    hours: Calendar
    members: frozenset[str] | None = None
    """Slack user ids; None: a user group or the channel's membership tells (decisions.md 8)."""
    usergroup: str | None = None
    leads: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    lead_group: str | None = None
    """The user group whose members are the leads; who they are is known when the team is put together."""
    manager_group: str | None = None
    on_call: tuple[Shift, ...] = ()
    is_fallback: bool = False
    undo_for: timedelta | None = None
    """Outranks the profile's; None: as the profile says."""
    approval: OwnApproval = field(default_factory=OwnApproval)
    """What it says itself about answers that need a second person; the rest is as the profile says."""
    ladders: Mapping[str, tuple[Rung, ...]] = field(default_factory=dict)
    """The team's own, by class code, ``*`` for every class; they go before the profile's."""
    rotas: tuple[Layer, ...] = ()
    """Layers over the weekly table; where several cover an hour, the last counts."""
    standins: tuple[Standin, ...] = ()
    """Overrides and leave: kept in the store, put in at fire time."""
    on_call_from: str = ""
    """A user group whose members are on call, in place of a weekly table."""
    duty_group: str = ""
    """A user group that is kept at whoever is on call."""
    bookings: tuple[Booking, ...] = ()
    """A calendar's shifts: likewise."""

    def ladder(self, rules: Profile, class_code: str) -> tuple[Rung, ...]:
        """The rungs of a class: the team's, else those of the profile."""
        own = self.ladders.get(class_code) or self.ladders.get("*")
        return own or rules.ladder(class_code)

    @property
    def roster(self) -> Roster:
        return Roster(self.hours.zone, self.on_call, self.rotas, self.standins, self.bookings)

    def duty(self, at: datetime) -> Duty:
        """Who is on call at ``at``."""
        return self.roster.duty(at)

    @property
    def groups(self) -> tuple[str, ...]:
        """The user groups that its settings name."""
        return tuple(dict.fromkeys(each for each in (self.usergroup, self.lead_group, self.manager_group) if each))

    @property
    def named(self) -> frozenset[str]:
        """Everybody whom its settings name."""
        users = {*self.leads, *self.managers, *(self.members or ())}
        users |= {user for shift in self.on_call for user in (*shift.who, *shift.backup)}
        users |= {user for layer in self.rotas for user in layer.who} | {each.who for each in self.standins}
        users |= people_in(self.approval.by or ())
        users |= {user for each in self.bookings for user in each.who}
        roles = [role for ladder in self.ladders.values() for rung in ladder for role in rung.mentions]
        return frozenset(users | {role.removeprefix("user:") for role in roles if role.startswith("user:")})

    def roles(self, user: str, members: frozenset[str] | None) -> frozenset[Role]:
        """The roles of ``user``; ``members`` is what is known of the membership, None when nothing is."""
        known = self.members if self.members is not None else (members or frozenset())
        roles = set()
        if user in known or user in self.leads or user in self.managers:
            roles.add(Role.MEMBER)
        if user in self.leads:
            roles.add(Role.LEAD)
        if user in self.managers:
            roles |= {Role.MANAGER, Role.LEAD}
        return frozenset(roles)


@dataclass(frozen=True)
class OperationsManager:
    """Who at the platform is told of an outage, and how (domain.md §1, force majeure)."""

    slack: str = ""
    """Their user id, or a channel that is shared with them (Slack Connect)."""
    webhook: str = ""
    text: bool = True


@dataclass(frozen=True)
class Connection:
    """A platform connection's facts that the core needs; its secrets stay at the edge."""

    name: str
    confirms: bool = False
    """Whether the platform accepts or rejects replies after it took them."""
    operations_manager: OperationsManager = OperationsManager()


@dataclass(frozen=True)
class Desk:
    """All that an installation's configuration says to the core, in one value that services take as an argument."""

    profile: Profile
    """The rules under which new orders are born."""
    profiles: Mapping[tuple[str, str], Profile]
    """Every version that an order may be pinned to, by name and version."""
    teams: tuple[Team, ...]
    fallback: Team
    connections: Mapping[str, Connection]
    operators: tuple[str, ...] = ()
    language: str = "zh-CN"
    public_url: str = ""
    files: FileRules = USUAL_RULES
    """What may be handed in."""
    links: Links | None = None
    """How a file is passed on; None: it can't be, and answers take none."""
    shop_names: Mapping[ShopKey, str] = field(default_factory=dict)
    currencies: Mapping[ShopKey, str] = field(default_factory=dict)
    """Of shops that are not paid in the profile's."""
    mention_gap: timedelta = timedelta(minutes=5)
    """Nobody is named twice for the same thing within this (noise budget)."""
    quiet: Mapping[str, Quiet] = field(default_factory=dict)
    """Quiet hours of people: kept in the store, put in at fire time."""
    gone: frozenset[str] = frozenset()
    """People whom the workspace has deactivated: never called, the next in line is."""

    @property
    def passes_on(self) -> FileRules | None:
        """What an answer may carry; None where nothing can be passed on."""
        return self.files if self.links is not None else None

    @cached_property
    def _by_shop(self) -> Mapping[tuple[str, str], Team]:
        """Asked several times for each order: thousands of shops must cost no more than one."""
        return {shop: team for team in reversed(self.teams) for shop in team.shops}

    @cached_property
    def _by_channel(self) -> Mapping[str, Team]:
        return {team.channel: team for team in (self.fallback, *reversed(self.teams))}

    def team_of(self, connection: str, shop_id: str) -> Team:
        """The team that owns the shop, or the fallback: an order is never nobody's (decisions.md 20)."""
        return self._by_shop.get((connection, shop_id), self.fallback)

    def team_for(self, order: WorkOrder) -> Team:
        """Its shop's team, unless a rung or a lead has given it to another."""
        if order.team and (moved := self.team_named(order.team)) is not None:
            return moved
        return self._by_shop.get((order.key.connection, order.facts.shop_id), self.fallback)

    def team_named(self, name: str) -> Team | None:
        return next((team for team in self.teams if team.name == name), None)

    def team_in(self, channel: str) -> Team | None:
        return self._by_channel.get(channel)

    def rules_for(self, order: WorkOrder) -> Profile:
        """The profile that the order was born under (rule 8); its successor where that version is gone."""
        return self.profiles.get(order.profile, self.profile)

    @cached_property
    def names_by_key(self) -> Mapping[str, str]:
        """What shops are called, by ``connection:shop_id``."""
        return {str(shop): name for shop, name in self.shop_names.items()}

    def currency_of(self, shop: ShopKey) -> str:
        """In what the shop is paid and fined."""
        return self.currencies.get(shop, self.profile.penalties.currency)

    def confirms(self, connection: str) -> bool:
        known = self.connections.get(connection)
        return known is not None and known.confirms

    def shop_name(self, key: OrderKey, shop_id: str) -> str:
        return self.shop_names.get(ShopKey(key.connection, shop_id), shop_id)
