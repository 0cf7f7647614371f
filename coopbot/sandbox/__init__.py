"""A local Slack workspace, strict enough that what passes here passes there. See docs/sandbox.md."""

from coopbot.sandbox.client import SandboxClient
from coopbot.sandbox.server import Sandbox
from coopbot.sandbox.serving import serve
from coopbot.sandbox.workspace import App, Channel, User, UserGroup, Workspace

__all__ = ["App", "Channel", "Sandbox", "SandboxClient", "User", "UserGroup", "Workspace", "serve"]
