"""Triggers, open modals and App Homes."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any

from coopbot.sandbox.changes import Changes
from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.records import JSON, View
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.state_values import initial_state

TRIGGER_LIFE = 3.0
"""Seconds (slack.md A4)."""
DEEPEST = 3
"""Views on one stack (slack.md A1)."""


@dataclass(slots=True)
class Trigger:
    id: str
    app_id: str
    user: str
    born: float
    in_view: str = ""
    """The modal in which the person acted; empty when it was elsewhere."""
    used: bool = False


@dataclass(slots=True)
class Modals:
    clock: SandboxClock
    changes: Changes
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[tuple[str, str], View] = field(default_factory=dict)
    _triggers: dict[str, Trigger] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def trigger(self, app_id: str, user: str, in_view: str = "") -> Trigger:
        """A fresh trigger for something that a person has just done."""
        number = next(self._numbers)
        digest = hashlib.sha256(f"{number}{user}".encode()).hexdigest()[:32]
        trigger = Trigger(f"{number}.{number * 7919}.{digest}", app_id, user, self.clock.now(), in_view)
        self._triggers[trigger.id] = trigger
        return trigger

    def use(self, trigger_id: str, app_id: str) -> Trigger:
        """Use a trigger up. Raises Refused: unknown, another app's, older than three seconds, or used."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.app_id != app_id:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.clock.now() - trigger.born > TRIGGER_LIFE:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def open(self, trigger: Trigger, given: JSON) -> View:
        """A modal for the person of the trigger, in the place of another app's stack, or on top of its own."""
        stack = self.stacks.setdefault(trigger.user, [])
        if stack and stack[0].app_id != trigger.app_id:
            stack.clear()
        if trigger.in_view or stack:
            return self.push(trigger, given)
        view = self._new("modal", trigger.app_id, trigger.user, given)
        view.root_view_id = view.id
        stack.append(view)
        self._told(trigger.user)
        return view

    def push(self, trigger: Trigger, given: JSON) -> View:
        """On top of the stack. Raises Refused beyond the third, or when nothing is open any more."""
        stack = self.stacks.setdefault(trigger.user, [])
        if not stack:
            raise Refused("not_found")
        if len(stack) >= DEEPEST:
            raise Refused("push_limit_reached")
        view = self._new("modal", trigger.app_id, trigger.user, given)
        view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._told(trigger.user)
        return view

    def update(self, view: View, given: JSON) -> View:
        """New content; what was typed stays where block_id and action_id are the same."""
        view.given, view.errors = given, {}
        view.state = initial_state(given.get("blocks") or [], view.state)
        view.hash = self._hash()
        if view.type == "home":
            self.changes.tell("home", user=view.user, app_id=view.app_id)
        else:
            self._told(view.user)
        return view

    def publish(self, app_id: str, user: str, given: JSON) -> View:
        view = self.homes.get((app_id, user))
        if view is None:
            view = self._new("home", app_id, user, given)
            view.root_view_id = view.id
            self.homes[(app_id, user)] = view
            self.changes.tell("home", user=user, app_id=app_id)
            return view
        return self.update(view, given)

    def close(self, user: str, *views: View) -> None:
        stack = self.stacks.get(user, [])
        self.stacks[user] = [v for v in stack if v not in views]
        for view in self.stacks[user]:
            if view.previous_view_id in {v.id for v in views}:
                view.previous_view_id = ""
        self._told(user)

    def changed(self, view: View) -> None:
        """What is in its fields, or its errors, changed."""
        self._told(view.user)

    def find(self, view_id: str) -> View | None:
        everywhere = itertools.chain(itertools.chain.from_iterable(self.stacks.values()), self.homes.values())
        return next((v for v in everywhere if v.id == view_id), None)

    def by_external_id(self, app_id: str, external_id: str) -> View | None:
        everywhere = itertools.chain(itertools.chain.from_iterable(self.stacks.values()), self.homes.values())
        return next((v for v in everywhere if v.app_id == app_id and v.given.get("external_id") == external_id), None)

    def stack(self, user: str) -> list[View]:
        return self.stacks.get(user, [])

    def _new(self, kind: Any, app_id: str, user: str, given: JSON) -> View:
        view = View(f"V0SANDBOX{next(self._numbers):05d}", kind, app_id, user, given, self._hash())
        view.state = initial_state(given.get("blocks") or [])
        return view

    def _hash(self) -> str:
        return f"{int(self.clock.now())}.{next(self._numbers):06x}"

    def _told(self, user: str) -> None:
        self.changes.tell("views", user=user)
