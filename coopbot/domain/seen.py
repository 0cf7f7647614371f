"""An order as it stands at one instant: everything that a message about it may say, derived in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from coopbot.domain.lifecycle import BY_TEAM, Act, State, allowed, met_at, state_of
from coopbot.domain.profile import OrderClass, Preset, Profile
from coopbot.domain.promise import Promise, promises
from coopbot.domain.recall import Recall, recall_of
from coopbot.domain.rota import Duty
from coopbot.domain.sla import Due, Usage, due, usage
from coopbot.domain.staffing import Staffed, staffed
from coopbot.domain.targets import TargetState, milestones, next_due, targets
from coopbot.domain.team import Desk, Team
from coopbot.domain.template import Template
from coopbot.domain.work_order import ReplyState, WorkOrder


@dataclass(frozen=True)
class Seen:
    order: WorkOrder
    now: datetime
    state: State
    due: Due
    rules: Profile
    klass: OrderClass
    team: Team
    shop: str
    """The shop's name where one is configured, else its id."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Display names of people by Slack user id, as far as they are known."""
    templates: tuple[Template, ...] = ()
    """The team's own."""
    confirms: bool = False
    """Whether its platform still says of an answer that it has taken whether it accepts it."""

    @cached_property
    def acts(self) -> frozenset[Act]:
        """What the team may do now: the buttons."""
        return allowed(self.state) & BY_TEAM

    @cached_property
    def usage(self) -> Usage:
        return usage(self.due, self.now, met_at=met_at(self.order))

    @cached_property
    def duty(self) -> Duty:
        return self.team.duty(self.now)

    @cached_property
    def presets(self) -> tuple[Preset, ...]:
        own = (each.preset for each in self.templates if each.fits(self.order, self.rules))
        return (*choices(self.order, self.rules), *own)

    @property
    def provisional(self) -> bool:
        """Met, as long as the platform does not reject the answer that it has (decisions.md 1)."""
        reply = self.order.standing_reply
        waits = reply is not None and reply.state is ReplyState.DELIVERED
        return self.confirms and waits and self.order.ending is None

    @property
    def is_crc(self) -> bool:
        return self.klass.code == "crc"

    @property
    def targets(self) -> tuple[TargetState, ...]:
        """Claim, first answer, answer after a rejection, final: each with its due time and how it stands."""
        return targets(self.rules, self.order.facts.class_code, milestones(self.order), self.now)

    @property
    def next_due(self) -> TargetState | None:
        """The open target that is due first; None when nothing is owed any more."""
        return None if self.order.ending is not None else next_due(self.targets)

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What its answers promised, in their sequence."""
        return promises(self.order, self.rules, self.now)

    @property
    def promise(self) -> Promise | None:
        """The one that is to be kept now."""
        return next((each for each in self.promises if each.is_open), None)

    @cached_property
    def recall(self) -> Recall | None:
        """What somebody promised when the matter was raised before."""
        return recall_of(self.order, self.rules, self.now)

    @cached_property
    def staffed(self) -> Staffed:
        """How much of what is left falls into the team's own hours."""
        return staffed(self.due, self.team.hours, self.now)

    @property
    def clock_runs(self) -> bool:
        return self.due.calendar.is_open(self.now) and not self.due.held

    def name(self, user: str) -> str:
        return self.names.get(user) or user


def class_of(order: WorkOrder, rules: Profile) -> OrderClass:
    """The order's class; intake has refused what the profile does not know. Raises ValueError for such."""
    klass = rules.order_class(order.facts.class_code)
    if klass is None:
        raise ValueError(f"{order.key}: no class {order.facts.class_code!r} in {rules.name} {rules.version}")
    return klass


def deadline(order: WorkOrder, rules: Profile, now: datetime) -> Due:
    """The due time that counts: the platform's, else ours; after a rejection the profile's (decisions.md 4, 5).

    A pause that lasts counts until ``now``, where the profile's platform pauses at all.
    """
    rejection = order.last_rejection
    found = due(
        rules,
        order.facts.class_code,
        order.facts.raised_at,
        platform_due=order.facts.due_at,
        rejected_at=rejection.settled_at if rejection else None,
        pauses=order.pauses,
        as_of=now,
    )
    moved = order.extended_to
    return replace(found, at=moved) if moved is not None and moved > found.at else found


def see(
    order: WorkOrder,
    desk: Desk,
    now: datetime,
    names: Mapping[str, str] | None = None,
    templates: Sequence[Template] = (),
    its_due: Due | None = None,
) -> Seen:
    """Derive everything about ``order`` at ``now``; ``templates`` are its team's. ``its_due``: the caller knows it."""
    rules = desk.rules_for(order)
    team = desk.team_for(order)
    its_due = its_due or deadline(order, rules, now)
    return Seen(
        order=order,
        now=now,
        state=state_of(order, its_due.at, now),
        due=its_due,
        rules=rules,
        klass=class_of(order, rules),
        team=team,
        shop=desk.shop_name(order.key, order.facts.shop_id),
        names=names or {},
        templates=tuple(templates),
        confirms=desk.confirms(order.key.connection),
    )


def choices(order: WorkOrder, rules: Profile) -> tuple[Preset, ...]:
    """The presets of an order: those that the platform offers on it, else the profile's for its scene."""
    offered = order.facts.presets
    if not offered:
        return rules.presets(order.facts.scene)
    ours = {preset.code: preset for preset in rules.presets(order.facts.scene)}
    return tuple(
        Preset(
            code=each.code,
            labels={"zh-CN": each.label, "en": each.label},
            text=ours[each.code].text if each.code in ours else each.label,
            requires=each.requires,
            promises=ours[each.code].promises if each.code in ours else None,
        )
        for each in offered
    )
