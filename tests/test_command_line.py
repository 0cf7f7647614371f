"""What somebody is told who types a command wrong: one sentence with what is allowed, never a traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coopbot.__main__ import cli

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["manifest", "--http", "foo"], "https://your.host"),
        (["manifest", "--http", "http://plain.example"], "https://your.host"),
        (["demo", "--lang", "fr"], "'zh', 'en'"),
        (["demo", "--port", "99999"], "65535"),
        (["sandbox", "--app", "nowhere.yml"], "does not exist"),
    ],
)
def test_what_is_not_allowed_is_said_with_what_is(words: Sequence[str], said: str) -> None:
    done = CliRunner().invoke(cli, words, env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("text", "said"), [("a: [", "not YAML"), ("name: x", "display_information"), ("- 1", "not an app manifest")]
)
def test_a_manifest_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "manifest.yml"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["sandbox", "--app", str(file), "--port", "0"])
    assert done.exit_code == 2
    assert said in done.output


def test_a_port_that_is_taken_is_said_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = ["sandbox", "--app", str(ROOT / "manifest.yml"), "--port", port]
        done = subprocess.run(
            [sys.executable, "-m", "coopbot", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stderr.strip()) == (
        1,
        f"port {port} is taken; name another with --port, or 0 for any free one",
    )
