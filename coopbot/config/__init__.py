"""toml and environment → frozen Settings and domain values, every mistake reported together (configuration.md)."""

from coopbot.config.loading import for_migrate, load
from coopbot.config.profiles import load_profile
from coopbot.config.settings import Bind, ConnectionAccess, Log, Settings

__all__ = ["Bind", "ConnectionAccess", "Log", "Settings", "for_migrate", "load", "load_profile"]
