"""The store's contract: files that people handed in, their bytes kept once, whole, and out of the way."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from coopbot.domain.files import MB, File, HandedIn, expected
from coopbot.ports import Tx
from coopbot.store import OpenStore
from tests.support.builders import MONDAY

LATER = MONDAY + timedelta(seconds=3)
EVERY_BYTE = bytes(range(256)) * 40


def handed(owner: str = "reply:r-1", *names: str) -> tuple[File, ...]:
    given = [HandedIn(f"F{n}", name, 7) for n, name in enumerate(names or ("凭证 1.jpg",))]
    return expected(owner, "U0ANA", MONDAY, given)


def keep(tx: Tx, file: File, content: bytes) -> None:
    tx.files.store(file.id, hashlib.sha256(content).hexdigest(), content, LATER)


async def test_a_file_is_expected_stored_and_read(store: OpenStore) -> None:
    (file,) = handed()
    await store.run(lambda tx: tx.files.expect([file]))
    assert await store.read(lambda tx: tx.files.known([file.id, "f-other"])) == {file.id: file}
    assert await store.read(lambda tx: tx.files.content(file.id)) is None

    await store.run(keep, file, EVERY_BYTE)
    await store.run(lambda tx: tx.files.expect([file]))

    (kept,) = await store.read(lambda tx: tx.files.of("reply:r-1"))
    assert (kept.sha256, kept.size) == (hashlib.sha256(EVERY_BYTE).hexdigest(), len(EVERY_BYTE))
    assert (kept.name, kept.by, kept.at, kept.stored_at) == ("凭证 1.jpg", "U0ANA", MONDAY, LATER)
    assert kept.here
    assert await store.read(lambda tx: tx.files.content(file.id)) == EVERY_BYTE


async def test_the_same_bytes_are_kept_once_and_the_first_time_counts(store: OpenStore) -> None:
    one, two = handed("reply:r-1"), handed("outage:V1")
    await store.run(lambda tx: tx.files.expect([*one, *two]))
    await store.run(keep, one[0], b"same")
    await store.run(keep, two[0], b"same")
    await store.run(keep, one[0], b"other")

    assert await store.read(lambda tx: tx.files.content(one[0].id)) == b"same"
    assert await store.read(lambda tx: tx.files.content(two[0].id)) == b"same"
    assert [file.owner for file in await store.read(lambda tx: tx.files.of("outage:V1"))] == ["outage:V1"]


async def test_what_will_not_come_says_why_and_may_come_after_all(store: OpenStore) -> None:
    first, second = handed("reply:r-1", "a.pdf", "b.pdf")
    await store.run(lambda tx: tx.files.expect([first, second]))
    await store.run(keep, second, b"pdf")
    for file in (first, second):
        await store.run(lambda tx, id=file.id: tx.files.lose(id, "login_page"))

    lost, kept = await store.read(lambda tx: tx.files.of("reply:r-1"))
    assert (lost.why, lost.here) == ("login_page", False)
    assert (kept.why, kept.here) == ("", True)
    await store.run(keep, first, b"late")
    (found,) = (await store.read(lambda tx: tx.files.known([first.id]))).values()
    assert (found.why, found.here) == ("", True)


async def test_the_largest_file_comes_back_whole(store: OpenStore) -> None:
    (file,) = handed()
    content = EVERY_BYTE * (10 * MB // len(EVERY_BYTE))
    await store.run(lambda tx: tx.files.expect([file]))
    await store.run(keep, file, content)
    assert await store.read(lambda tx: tx.files.content(file.id)) == content
