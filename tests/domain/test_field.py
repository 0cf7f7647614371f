"""What a profile says of its fields, and what is wrong with what it says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from coopbot.domain.field import Choice, Field, read_fields, usual
from coopbot.domain.reading import Reader
from coopbot.domain.scene import read_scene
from coopbot.errors import Mistake
from tests.support.world import jd_pop

BOTH = {"zh-CN": "甲", "en": "A"}


def reads(**tables: Any) -> tuple[dict[str, Field], list[Mistake]]:
    mistakes: list[Mistake] = []
    return dict(read_fields(Reader({"fields": tables}, mistakes))), mistakes


def test_what_a_row_leaves_out_is_as_usual_for_its_name() -> None:
    fields, mistakes = reads(
        promised_at={"furthest": "7d"},
        amount={"least": "0.50", "most": 5000, "labels": BOTH},
        courier={"kind": "choice", "choices": ["SF", {"value": "JD", "labels": BOTH}]},
    )
    assert mistakes == []
    assert (fields["promised_at"].kind, fields["promised_at"].ahead) == ("datetime", True)
    assert fields["promised_at"].furthest == timedelta(days=7)
    assert (fields["amount"].least, fields["amount"].most) == (Decimal("0.50"), Decimal(5000))
    assert fields["courier"].choices == (Choice("SF", {}), Choice("JD", BOTH))


def test_an_unknown_name_is_plain_text_that_must_be_filled_in() -> None:
    assert usual("colour") == Field("colour", "text", min_length=1)


@pytest.mark.parametrize(
    ("table", "key", "word"),
    [
        ({"kind": "colour"}, "fields.x.kind", "one of text, long"),
        ({"kind": "choice"}, "fields.x.choices", "is missing"),
        ({"kind": "choice", "choices": ["a", "a"]}, "fields.x.choices[1]", "twice"),
        ({"kind": "choice", "choices": ["长" * 76]}, "fields.x.choices[0]", "75"),
        ({"kind": "choice", "choices": [{"labels": BOTH}]}, "fields.x.choices[0].value", "is missing"),
        ({"kind": "choice", "choices": [str(n) for n in range(101)]}, "fields.x.choices", "100"),
        ({"kind": "pattern"}, "fields.x.pattern", "is missing"),
        ({"kind": "pattern", "pattern": "(", "message": BOTH}, "fields.x.pattern", "no regular expression"),
        ({"kind": "pattern", "pattern": "a"}, "fields.x.message", "is missing"),
        ({"kind": "pattern", "pattern": "a", "message": {"en": "A"}}, "fields.x.message.zh-CN", "is missing"),
        ({"min_length": 9, "max_length": 5}, "fields.x.min_length", "max_length (5)"),
        ({"max_length": 3001}, "fields.x.max_length", "3000"),
        ({"kind": "amount", "least": "many"}, "fields.x.least", "must be a number"),
        ({"kind": "number", "least": 9, "most": 5}, "fields.x.least", "above most"),
        ({"least": 9}, "fields.x.least", "is for the kind number and amount"),
        ({"ahead": True}, "fields.x.ahead", "is for the kind date and datetime"),
        ({"kind": "date", "furthest": "soon"}, "fields.x.furthest", "duration"),
        ({"colour": 1}, "fields.x.colour", "unknown"),
    ],
)
def test_each_mistake_is_named_where_it_stands(table: dict[str, Any], key: str, word: str) -> None:
    _, mistakes = reads(x=table)
    assert [(mistake.key, word in mistake.message) for mistake in mistakes] == [(key, True)], mistakes


@pytest.mark.parametrize("name", ["attachment", "two words", "a:b"])
def test_a_name_that_no_field_can_have_is_a_mistake(name: str) -> None:
    _, mistakes = reads(**{name: {}})
    assert [mistake.key for mistake in mistakes] == [f"fields.{name}"]


@pytest.mark.parametrize("text", ["共 {amount 元", "amount} 元", "{ amount } 元", "{}"])
def test_a_brace_that_belongs_to_no_placeholder_is_a_mistake(text: str) -> None:
    mistakes: list[Mistake] = []
    preset = {"code": "x", "labels": BOTH, "text": text}
    read_scene("s", Reader({"labels": BOTH, "presets": [preset]}, mistakes, "scenes.s"))
    assert [mistake.key for mistake in mistakes] == ["scenes.s.presets[0].text"]


def test_the_default_profile_lists_couriers_and_knows_a_tracking_number() -> None:
    assert "顺丰速运" in [choice.value for choice in jd_pop().field("courier").choices]
    assert jd_pop().field("tracking_no").kind == "pattern"
    assert jd_pop().field("promised_at") == usual("promised_at")
