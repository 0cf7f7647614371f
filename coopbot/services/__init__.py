"""Use cases: one function is one button, one webhook or one tick, and exactly one unit of work (decisions.md 27).

Each is a plain function ``(tx, now, desk, …)``; the store runs it. The domain decides, the service writes the change
and owes the messages, in the same transaction.
"""
