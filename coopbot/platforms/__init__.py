"""The platforms' edge: one contract so far, ``standard`` (platform-api.md): verify, parse, describe, reply."""
