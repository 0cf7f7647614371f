"""The sentences that the code asks the catalogues for: arguments of ``t(…)`` and ``msgid(…)``."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent / "coopbot"


def asked_for() -> dict[str, str]:
    """Every msgid that any file of coopbot asks for, with one place where it does."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("t", "msgid"):
                for sentence in _strings(node.args[0]) if node.args else ():
                    found.setdefault(sentence, f"{path.relative_to(ROOT.parent)}:{node.lineno}")
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _strings(argument: ast.expr) -> list[str]:
    """A literal, or both sides of a conditional one; a name or a lookup is marked where its table stands."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.IfExp):
        return [*_strings(argument.body), *_strings(argument.orelse)]
    return []
