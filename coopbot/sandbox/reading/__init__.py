"""What a person reads: Slack's markup and blocks in plain terms."""
