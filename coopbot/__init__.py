"""coopbot: platform collaborative work orders in the team's Slack."""

__version__ = "0.1.0"
