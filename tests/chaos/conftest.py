"""At the end of ``make chaos``: what all runs came to, as one table that can be quoted."""

from __future__ import annotations

import pytest

from tests.chaos.tally import Tally, table


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())]
    found = [value for report in reports for name, value in report.user_properties if name == "chaos"]
    if not found:
        return
    terminalreporter.section(f"CHAOS_SEED={found[0]['seed']}")
    for line in table(Tally(**each["tally"]) for each in found):
        terminalreporter.write_line(line)
