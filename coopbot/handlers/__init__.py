"""The inbound edge: parse, call one service, ack after its commit (house.md §1)."""
