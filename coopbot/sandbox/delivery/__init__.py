"""How payloads reach an app: over sockets or signed HTTP, with retries for events only."""
