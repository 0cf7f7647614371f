"""What Slack refuses in blocks, messages and views: sizes, counts, surfaces (slack.md A1, A2, A7)."""
