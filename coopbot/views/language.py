"""Message catalogues: gettext's .po files, one folder a language, English sentences as keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType

from babel.messages.pofile import read_po

from coopbot.ports import Translate

FOLDER = Path(__file__).parent.parent / "locale"
DEFAULT = "zh-CN"
FOLDERS = {"zh-CN": "zh_CN", "en": "en"}
"""Languages that are complete, and their folders."""


class Untranslated(LookupError):
    """A sentence that the catalogue does not have; only raised where catalogues are strict (tests)."""


class Catalogue:
    """One language. Implements :class:`coopbot.ports.Translate`."""

    def __init__(self, language: str, sentences: Mapping[str, str], *, strict: bool) -> None:
        self.language = language
        self._sentences = sentences
        self._strict = strict

    def __call__(self, msgid: str, /, **facts: object) -> str:
        """The sentence, filled. A missing one is shown in English, unless the catalogue is strict: then Untranslated.

        Raises KeyError for a placeholder without its fact: a sentence with a hole in it never goes out.
        """
        sentence = self._sentences.get(msgid)
        if sentence is None:
            if self._strict:
                raise Untranslated(f"{self.language}: {msgid!r}")
            sentence = msgid
        if "{" not in sentence:
            return sentence
        if self.language == "zh-CN":
            return _spaced(sentence, facts)
        return sentence.format_map(facts)


def _spaced(sentence: str, facts: Mapping[str, object]) -> str:
    """The Chinese sentence filled, with a blank between Chinese and Latin at the seams and none between Chinese.

    A name may be either, so a catalogue can't know. Only seams are touched, never what stands inside a fact. An
    instant counts as what its reader sees of it: ``明天 09:30``, not the token.
    """
    out = ""
    for literal, name in _parts(sentence):
        out = _joined(out, literal)
        if name is not None:
            out = _joined(out, str(facts[name]))
    return out


def _joined(left: str, right: str) -> str:
    bare_left, bare_right = left.rstrip(" "), right.lstrip(" ")
    if not bare_left or not bare_right:
        return left + right
    before, after = bare_left[-1], bare_right[0]
    before = "0" if before == ">" and _ENDS_IN_TIME.search(bare_left) else before
    after = _first_seen(bare_right) if after == "<" else after
    if _is_han(before) and _is_han(after):
        return bare_left + bare_right
    if (_is_han(before) and _is_latin(after)) or (_is_latin(before) and _is_han(after)):
        return f"{bare_left} {bare_right}"
    return left + right


_HAN = chr(0x4E00)
_ENDS_IN_TIME = re.compile(r"<!date\^[^<>]*\{time\}\|[^<>]*>$")
_BEGINS_WITH_TIME = re.compile(r"<!date\^\d+\^(\{date_short_pretty\} )?\{time\}\|([^<>])(\d:\d\d)?")


def _first_seen(text: str) -> str:
    """The first character that is seen of a text which begins with markup, where that is an instant."""
    token = _BEGINS_WITH_TIME.match(text)
    if token is None:
        return text[0]
    today = token[1] and token[3]  # its plain form leaves the day out then, the token says 今天
    return _HAN if today else token[2]


@lru_cache(maxsize=1024)
def _parts(sentence: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _, _ in Formatter().parse(sentence))


def _is_han(character: str) -> bool:
    return 0x4E00 <= ord(character) <= 0x9FFF


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


class Catalogues:
    """All languages. Implements :class:`coopbot.ports.Languages`."""

    def __init__(self, folder: Path = FOLDER, *, strict: bool = False) -> None:
        self._all = {
            language: Catalogue(language, sentences(folder / name / "LC_MESSAGES" / "coopbot.po"), strict=strict)
            for language, name in FOLDERS.items()
        }

    def __getitem__(self, language: str) -> Translate:
        return self._all[nearest(language)]


def nearest(tag: str) -> str:
    """``zh-Hans-CN``, ``zh_TW`` → ``zh-CN``; ``en-GB`` → ``en``; anything else → the default, ``zh-CN``."""
    first = tag.replace("_", "-").partition("-")[0].lower()
    return {"zh": "zh-CN", "en": "en"}.get(first, DEFAULT)


@lru_cache
def sentences(path: Path) -> Mapping[str, str]:
    """The translated sentences of a catalogue by msgid. Raises OSError when there is no such file."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    return MappingProxyType(
        {str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy}
    )
