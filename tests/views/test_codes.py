"""What services name by a code, views can say: notes and alarms."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from coopbot.domain.ledger import PENALTIES
from coopbot.views.headline import EXPECTED
from coopbot.views.news import NEWS
from coopbot.views.note import NOTES
from coopbot.views.operator import ALARMS
from tests.support.sentences import ROOT

CODE_AT = {"owe_note": 3, "alarm": 2, "lost_channel": 3, "tell_owners": 3, "tell_people": 4}
"""At which place the code stands in the call."""


def codes(function: str) -> Iterator[str]:
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) <= CODE_AT[function]:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            code = node.args[CODE_AT[function]]
            if called == function and isinstance(code, ast.Constant):
                yield str(code.value)


def test_every_note_that_is_owed_has_its_words() -> None:
    owed = set(codes("owe_note"))
    assert {"rejected", "failed", "facts"} <= owed
    assert owed - set(NOTES) == set()


def test_every_act_and_every_ending_has_its_note() -> None:
    assert {"released", "handed_over", "taken_over", "closed", "voided", "timed_out", "answered_elsewhere"} <= set(
        NOTES
    )


def test_every_alarm_has_its_words() -> None:
    raised = set(codes("alarm")) | set(codes("lost_channel"))
    assert {"conflict", "late_by_us"} <= raised
    assert raised - set(ALARMS) == set()


def test_all_news_of_money_has_its_words() -> None:
    told = set(codes("tell_owners")) | set(codes("tell_people"))
    assert {"issued", "settlement", "deposit_short"} <= told
    assert told == set(NEWS)


def test_every_kind_of_penalty_can_be_expected() -> None:
    assert set(EXPECTED) == {kind.value for kind in PENALTIES}
