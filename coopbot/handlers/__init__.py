"""The inbound edge: parse, call one service, answer after its commit (house.md)."""
