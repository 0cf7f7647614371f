"""Message catalogues: gettext's .po files, one folder a language, English sentences as keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
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
        return sentence.format_map(facts) if "{" in sentence else sentence


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
