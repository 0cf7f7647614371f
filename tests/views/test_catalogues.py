"""Both languages are complete, agree with the code, and nothing that people read bypasses them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.views.language import FOLDER, Catalogues, Untranslated, sentences
from tests.support.sentences import ROOT, asked_for

ZH = sentences(FOLDER / "zh_CN" / "LC_MESSAGES" / "coopbot.po")
EN = sentences(FOLDER / "en" / "LC_MESSAGES" / "coopbot.po")
VIEWS = sorted((ROOT / "views").glob("*.py"))


def test_every_sentence_that_the_code_asks_for_is_in_both() -> None:
    asked = asked_for()
    missing = {sentence: place for sentence, place in asked.items() if sentence not in ZH or sentence not in EN}
    assert missing == {}


def test_no_catalogue_has_a_sentence_that_nobody_asks_for() -> None:
    asked = asked_for()
    assert sorted((set(ZH) | set(EN)) - set(asked)) == []


def test_translations_have_the_placeholders_of_their_sentence() -> None:
    holes = {sentence: set(re.findall(r"\{(\w+)\}", sentence)) for sentence in ZH}
    assert [each for each in ZH if set(re.findall(r"\{(\w+)\}", ZH[each])) != holes[each]] == []
    assert [each for each in EN if not set(re.findall(r"\{(\w+)\}", EN[each])) <= holes[each]] == []


HAN = r"[\u4e00-\u9fff]"


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("您 in team talk", "您"),
        ("an exclamation mark", "[!！]"),
        ("half-width punctuation", f"{HAN}[,;:?()]|[,;?()]{HAN}"),
        ("no blank beside Latin", f"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}"),
    ],
)
def test_chinese_is_written_as_chinese_is(fault: str, pattern: str) -> None:
    written = {sentence: re.sub(r"\{\w+\}", "", text) for sentence, text in ZH.items()}
    assert [text for text in written.values() if re.search(pattern, text)] == [], fault


def test_english_is_plain() -> None:
    assert [text for text in EN.values() if re.search(r"[!\u4e00-\u9fff]", text)] == []


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.name)
def test_no_view_says_anything_past_the_catalogues(path: Path) -> None:
    """A string with a blank between letters, or with Chinese in it, is for people: it goes through the catalogues."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    exempt: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            exempt.add(id(node.value))  # docstrings
        if isinstance(node, ast.Raise):
            exempt |= {id(each) for each in ast.walk(node)}
        if isinstance(node, ast.Call) and _is_asking(node):
            exempt |= {id(each) for each in ast.walk(node.args[0])}
    said = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in exempt
    ]
    assert [each for each in said if re.search(r"[a-z] [a-z]|[\u4e00-\u9fff]", each)] == []


def _is_asking(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("t", "msgid", "Untranslated") and bool(call.args)


@pytest.mark.parametrize("folder", ["zh_CN", "en"])
def test_no_sentence_stands_twice(folder: str) -> None:
    """Catalogues merge line by line, which can leave two translations of one sentence."""
    text = (FOLDER / folder / "LC_MESSAGES" / "coopbot.po").read_text(encoding="utf-8")
    keys = re.findall(r"^msgid (.*)$", text, re.MULTILINE)
    assert [key for key in set(keys) if keys.count(key) > 1] == []
    assert len(keys) == len(re.findall(r"^msgstr ", text, re.MULTILINE))


@given(st.text(max_size=40).map(str.strip))
def test_what_stands_inside_a_fact_is_never_touched(fact: str) -> None:
    for language in ("zh-CN", "en"):
        assert fact in Catalogues(strict=True)[language]("{who} took it over from {before}.", who="王芳", before=fact)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (
            "<!date^1^{date_short_pretty} {time}|09:30>",
            "请于{} 前认领",
        ),  # the token says 今天, its plain form only the time
        ("<!date^1^{date_short_pretty} {time}|明天 09:30>", "请于{} 前认领"),
        ("<!date^1^{date_short_pretty} {time}|2026年12月1日 09:30>", "请于 {} 前认领"),
        ("<!date^1^{time}|09:30>", "请于 {} 前认领"),
        ("<!here>", "请于 {} 前认领"),
    ],
)
def test_an_instant_stands_in_a_chinese_sentence_as_its_reader_sees_it(token: str, said: str) -> None:
    assert Catalogues(strict=True)["zh-CN"]("claim it by {at}", at=token) == said.format(token)


def test_a_strict_catalogue_refuses_what_it_does_not_have() -> None:
    with pytest.raises(Untranslated, match="no such sentence"):
        Catalogues(strict=True)["en"]("no such sentence")


def test_at_run_time_an_unknown_sentence_is_shown_in_english() -> None:
    assert Catalogues()["zh-CN"]("not yet {n}", n=3) == "not yet 3"


def test_a_hole_in_a_sentence_never_goes_out() -> None:
    with pytest.raises(KeyError):
        Catalogues()["en"]("{n} min")
    with pytest.raises(KeyError):
        Catalogues()["zh-CN"]("{n} min")


def test_a_fact_is_not_read_as_a_template() -> None:
    assert Catalogues()["zh-CN"]("Reason: {reason}", reason="{who} {0}") == "原因：{who} {0}"
