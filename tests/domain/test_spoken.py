"""Slack's markup becomes the words that a person would read."""

from __future__ import annotations

import pytest

from coopbot.domain.spoken import plain_words


@pytest.mark.parametrize(
    ("mrkdwn", "words"),
    [
        ("今天发出", "今天发出"),
        ("<@U1> 今天发", "王芳 今天发"),
        ("<@U9> 今天发", "今天发"),
        ("<!channel> 今天 <#C1|客服> 发", "今天 客服 发"),
        ("见 <https://a.example/x?a=1&amp;b=2|这里> 和 <https://b.example/>", "见 这里 和 https://b.example/"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
    ],
)
def test_tokens_become_words(mrkdwn: str, words: str) -> None:
    assert plain_words(mrkdwn, {"U1": "王芳"}) == words
