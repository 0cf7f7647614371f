"""Slack as the core sees it: the Chat port, and who is where."""
