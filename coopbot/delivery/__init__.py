"""The outbox engine: what is owed leaves after commit, in order, at Slack's pace, and exactly once."""
