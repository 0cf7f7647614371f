"""Changing a user group, and telling apps of it."""

from __future__ import annotations

from coopbot.sandbox import events
from coopbot.sandbox.workspace import UserGroup
from coopbot.sandbox.world import World


def put_group(world: World, group: UserGroup) -> None:
    """Create or change a user group, telling apps of it."""
    directory = world.directory
    before = directory.groups.get(group.id)
    directory.put_group(group)
    ts = world.conversations.new_ts()
    name = "subteam_updated" if before else "subteam_created"
    events.tell(world, name, {"type": name, "subteam": directory.group_json(group.id, users=True), "event_ts": ts})
    if before and set(before.users) != set(group.users):
        added = [u for u in group.users if u not in before.users]
        removed = [u for u in before.users if u not in group.users]
        event = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": directory.team_id,
            "date_previous_update": 0,
            "date_update": int(world.clock.now()),
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
            "event_ts": ts,
        }
        events.tell(world, "subteam_members_changed", event)
