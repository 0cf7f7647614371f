"""What stands in a file input: a person's own files, whole as Slack gives them to the app that asked."""

from __future__ import annotations

from coopbot.sandbox.records import JSON, View
from coopbot.sandbox.refusal import Impossible
from coopbot.sandbox.world import World


def known(world: World, user: str, given: JSON) -> JSON:
    """The state entry, of a file input with each file (an id, or what has one) in full. Raises Impossible for a file
    that is not theirs."""
    if given["type"] != "file_input":
        return given
    files = []
    for one in given["files"]:
        wanted = str(one.get("id") if isinstance(one, dict) else one)
        file = world.files.all.get(wanted)
        if file is None or file.user != user or not file.complete:
            raise Impossible.unknown("file", wanted)
        files.append(world.files.json(wanted, world.address))
    return {**given, "files": files}


def hand_over(world: World, view: View) -> None:
    """The modal is submitted: its app may read what is in it from now on."""
    for block in view.state.values():
        for entry in block.values():
            if entry.get("type") == "file_input":
                for one in entry["files"]:
                    world.files.all[one["id"]].handed_to.add(view.app_id)
