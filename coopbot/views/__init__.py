"""Pure functions from domain values to what is shown: Block Kit for Slack, JSON for bridges."""
