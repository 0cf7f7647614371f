"""What somebody typed into a field: one form for each value, and everything that is wrong at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain import typed
from coopbot.domain.facts import yuan
from coopbot.domain.field import Choice, Field, usual
from coopbot.errors import Refusal
from coopbot.views.refusal import SENTENCES
from tests.support.world import SHANGHAI, shanghai

NOW = shanghai("2026-11-23 23:30")
COURIER = Field("courier", "choice", choices=(Choice("SF", {}),))
DAY = Field("day", "date", ahead=True)
SCORE = Field("score", "number", least=Decimal(1), most=Decimal("5.5"))


def value(field: Field, text: str) -> str:
    return typed.value_of(field, text, NOW, SHANGHAI)


@pytest.mark.parametrize(
    ("field", "text", "taken"),
    [
        (usual("amount"), " 128.5 ", "128.50"),
        (usual("amount"), "￥1,200", "1200.00"),
        (usual("amount"), "１２８．５０元", "128.50"),
        (usual("amount"), "0", "0.00"),
        (usual("amount"), "99.", "99.00"),
        (usual("tracking_no"), "ＳＦ１２３４５６", "SF123456"),
        (usual("promised_at"), "2026-11-24T09:00:00+08:00", "2026-11-24T01:00:00Z"),
        (usual("description"), " 已补发\n一件 ", "已补发\n一件"),
        (usual("colour"), "{order_no}", "{order_no}"),
        (COURIER, "SF", "SF"),
        (DAY, "2026-11-24", "2026-11-24"),
        (SCORE, "+2.5", "2.5"),
        (SCORE, "５", "5"),
    ],
)
def test_is_taken_in_one_form(field: Field, text: str, taken: str) -> None:
    assert value(field, text) == taken


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        (usual("colour"), " \n", "missing_field"),
        (usual("amount"), "八百", "field_amount"),
        (usual("amount"), "-5", "field_amount"),
        (usual("amount"), "NaN", "field_amount"),
        (usual("amount"), "1e5", "field_amount"),
        (usual("amount"), "12.345", "field_decimals"),
        (usual("amount"), "9" * 40, "field_above"),
        (Field("amount", "amount", least=Decimal(1)), "0.99", "field_below"),
        (usual("tracking_no"), "SF 12345678", "field_pattern"),
        (usual("tracking_no"), "1" * 41, "field_long"),
        (usual("promised_at"), "2026-11-23T23:30:00+08:00", "field_past"),
        (usual("promised_at"), "tomorrow", "field_date"),
        (usual("promised_at"), "2026-11-24T09:00:00", "field_date"),
        (usual("description"), "补发", "field_short"),
        (COURIER, "YTO", "field_choice"),
        (DAY, "2026-11-23", "field_past_day"),
        (DAY, "24.11.", "field_date"),
        (SCORE, "0", "field_below"),
        (SCORE, "6", "field_above"),
        (SCORE, "many", "field_number"),
    ],
)
def test_is_refused_at_its_input_with_a_sentence(field: Field, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        value(field, text)
    assert refused.value.code == code
    assert code in SENTENCES
    assert refused.value.facts["block"] == f"field:{field.name}"


def test_all_that_is_wrong_is_said_at_once() -> None:
    fields = [usual("promised_at"), usual("amount"), usual("colour")]
    with pytest.raises(Refusal) as refused:
        typed.read(fields, {"amount": "much", "colour": "red"}, NOW, SHANGHAI)
    faults = [refused.value, *refused.value.also]
    assert [(each.code, each.facts["field"]) for each in faults] == [
        ("missing_field", "promised_at"),
        ("field_amount", "amount"),
    ]


def test_nothing_but_what_is_asked_for_is_taken() -> None:
    assert typed.read([usual("colour")], {"colour": "red", "forged": "x"}, NOW, SHANGHAI) == {"colour": "red"}


@given(st.integers(0, typed.MOST_FEN))
def test_an_amount_is_the_same_fen_however_it_is_written(fen: int) -> None:
    plain = yuan(fen)
    whole, _, rest = plain.partition(".")
    for written in (plain, f"¥{int(whole):,}.{rest}", f"{plain} 元"):
        assert value(usual("amount"), written) == plain
    assert typed.fen_of(usual("amount"), plain) == fen


@given(st.datetimes(datetime(2026, 11, 24), datetime(2040, 1, 1), timezones=st.just(SHANGHAI)))
def test_an_instant_is_the_same_in_any_zone(moment: Any) -> None:
    whole = moment.replace(microsecond=0)
    taken = value(usual("promised_at"), whole.astimezone(ZoneInfo("America/New_York")).isoformat())
    assert typed.moment_of(usual("promised_at"), taken, SHANGHAI) == whole.astimezone(UTC)
    assert value(usual("promised_at"), taken) == taken


@given(st.text(max_size=60))
def test_whatever_is_typed_is_taken_or_refused(text: str) -> None:
    for field in (usual("amount"), usual("tracking_no"), usual("promised_at"), COURIER, DAY, SCORE, usual("colour")):
        try:
            taken = value(field, text)
        except Refusal:
            continue
        assert value(field, taken) == taken


def test_a_day_begins_in_the_platforms_zone() -> None:
    assert typed.moment_of(DAY, "2026-11-24", SHANGHAI) == shanghai("2026-11-24 00:00")
    assert shanghai("2026-11-24 00:00") - NOW == timedelta(minutes=30)
