"""Files from outside: handed in with an answer, passed on by a link, and never an answer without its file."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from coopbot.demo import cast
from coopbot.demo.audience import Json, Person
from coopbot.views import ids
from tests.support.installation import Installation, installation

TEXT = "已核实，照片见附件，今天 18:00 前补发"
FILES = ids.field_id("attachment")
PHOTO = b"\x89PNG\r\n" + bytes(range(256)) * 300
PROOF = {"code": "proof", "label": "说明情况并附凭证", "requires": ["attachment"]}


@pytest.fixture
async def here(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url) as made:
        made.public, made.undo = True, "0s"
        yield made


async def opens(here: Installation, li: Person, **order: Any) -> str:
    """An order is raised, and Li opens the modal for an answer of his own."""
    number = await here.platform.raises(shop_id="10001", **{"class": "general"}, **order)
    await li.clicks(await li.sees(number), ids.OTHER_ANSWER)
    await li.modal()
    return number


async def attachments(here: Installation, number: str, nth: int = 1) -> list[Json]:
    reply = await here.platform.gets_reply(number, nth)
    found: list[Json] = reply["body"]["data"]["attachments"]
    return found


async def got(here: Installation, url: str) -> tuple[int, bytes, Any]:
    async with here.session.get(url) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_an_answer_carries_its_file_to_the_platform(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    number = await opens(here, li)
    chosen = await li.uploads("退款 凭证.png", PHOTO)
    await li.submits({ids.REPLY_TEXT: TEXT, FILES: [chosen]})

    (file,) = await attachments(here, number)
    assert (file["name"], file["mime"], file["size"]) == ("退款 凭证.png", "image/png", len(PHOTO))
    status, content, headers = await got(here, file["url"])
    assert (status, content) == (200, PHOTO)
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "filename*=UTF-8''%E9%80%80%E6%AC%BE%20%E5%87%AD%E8%AF%81.png" in headers["Content-Disposition"]

    for wrong, what in (
        (file["url"][:-1] + ("0" if file["url"][-1] != "0" else "1"), 403),
        (file["url"].replace("expires=", "expires=9"), 403),
        (file["url"].replace("/files/f-", "/files/f-0"), 403),
        (file["url"].partition("?")[0], 403),
        (f"http://{urlsplit(file['url']).netloc}/files/..%2f..%2fcoopbot.toml", 403),
    ):
        status, content, headers = await got(here, wrong)
        assert (status, headers["Content-Type"]) == (what, "application/problem+json"), wrong
        assert PHOTO not in content


async def test_killed_between_submit_and_fetch_it_is_delivered_once(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    number = await opens(here, li)
    chosen = await li.uploads("a.png", PHOTO)
    await here.audience.post("/control/faults", {"fault": "timeout", "method": "files.download", "times": 0})
    await li.submits({ids.REPLY_TEXT: TEXT, FILES: [chosen]})
    assert here.bot is not None
    await asked(here, "files.info")
    await here.bot.kill()
    async with here.session.delete(f"{here.sandbox.address}/control/faults") as calm:
        assert calm.status == 200
    assert await here.replies() == []

    await here.serve()
    (file,) = await attachments(here, number)
    assert (await got(here, file["url"]))[1] == PHOTO
    assert len(await here.replies()) == 1


async def test_the_platform_that_asks_again_gets_the_same_link(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    number = await opens(here, li)
    chosen = await li.uploads("a.png", PHOTO)
    await here.audience.post("/console/faults", {"fault": "error_500", "times": 2})
    await li.submits({ids.REPLY_TEXT: TEXT, FILES: [chosen]})
    links = {str(await attachments(here, number, nth)) for nth in (1, 2, 3)}
    assert len(links) == 1
    assert len(await here.replies()) == 1


async def test_a_login_page_is_no_file_and_its_author_gets_the_words_back(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    number = await opens(here, li)
    chosen = await li.uploads("a.png", PHOTO)
    await here.audience.post("/control/faults", {"fault": "html", "method": "files.download", "times": 0})
    await li.submits({ids.REPLY_TEXT: TEXT, FILES: [chosen]})

    told = await li.sees("a.png 无法获取（Slack 返回了登录页）", TEXT, thread=True)
    assert f"@{'李伟'}" in told["text"]
    assert await here.replies() == []
    card = await here.has_button(li, await li.sees(number), ids.OTHER_ANSWER)
    await li.clicks(card, ids.OTHER_ANSWER)
    assert (await li.modal())["fields"][0]["value"] == TEXT, "nothing is lost"

    async with here.session.delete(f"{here.sandbox.address}/control/faults") as calm:
        assert calm.status == 200
    await li.submits({FILES: [chosen]})
    (file,) = await attachments(here, number)
    assert file["sha256"] == hashlib.sha256(PHOTO).hexdigest()


async def test_what_cannot_be_taken_is_said_in_the_modal(here: Installation) -> None:
    here.rewrite = lambda toml: toml + "[files]\nlargest_mb = 1\n"
    await here.serve()
    li = here.person(cast.LI)
    await opens(here, li)
    eleven = [await li.uploads(f"{n}.png", b"x") for n in range(11)]
    assert await li.tries({ids.REPLY_TEXT: TEXT, FILES: eleven}) == {FILES: "Please choose at most 10 files."}
    script = await li.uploads("run.exe", b"MZ")
    assert "run.exe" in (await li.tries({FILES: [script]}))[FILES]
    large = await li.uploads("film.mp4", b"0" * (1024 * 1024 + 1))
    assert "film.mp4 超过 1 MB" in (await li.tries({FILES: [large]}))[FILES]
    assert await here.replies() == []


async def test_without_an_address_no_file_is_asked_for_and_none_is_left_out(here: Installation) -> None:
    here.public = False
    await here.serve()
    li = here.person(cast.LI)
    await opens(here, li)
    assert "file_input" not in str(await li.modal())
    await li.closes()
    number = await here.platform.raises(shop_id="10001", **{"class": "general"}, presets=[PROOF])
    await li.clicks(await li.sees(number), ids.PRESET)
    shown = await li.modal("这里无法转交文件，请到后台回复", "商家后台")
    assert (shown["submit"], shown["fields"]) == (None, [])


async def test_a_preset_that_needs_a_file_is_sent_with_one(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    number = await here.platform.raises(shop_id="10001", **{"class": "general"}, presets=[PROOF])
    await li.clicks(await li.sees(number), ids.PRESET)
    await li.modal()
    assert list(await li.tries({})) == [FILES]
    await li.submits({FILES: [await li.uploads("a.pdf", b"%PDF-1.7 proof")]})
    (file,) = await attachments(here, number)
    assert (file["name"], file["mime"]) == ("a.pdf", "application/pdf")


async def asked(here: Installation, method: str) -> None:
    async def look() -> tuple[bool | None, str]:
        calls = (await here.audience.get("/control/journal"))["calls"]
        return (True if any(call["method"] == method for call in calls) else None), str(calls[-3:])

    await here.audience.until(f"{method} is called", look)


async def test_the_proof_of_an_outage_reaches_the_operations_manager(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    await li.sees(await here.platform.raises(shop_id="10001", **{"class": "general"}))
    await li.commands("/coop outage")
    await li.modal()
    await li.submits({ids.OUTAGE_FILES: [await li.uploads("停电通知.pdf", b"%PDF-1.7 no power")]})
    await li.modal("停电通知.pdf")

    async def told() -> tuple[Json | None, str]:
        entries = (await here.audience.get("/console/journal"))["entries"]
        found = [entry for entry in entries if entry["type"] == "outage"]
        return (found[-1] if found else None), str(entries[-3:])

    entry = await here.audience.until("the platform hears of the outage", told)
    (file,) = entry["body"]["data"]["files"]
    assert file["name"] == "停电通知.pdf"

    async def there() -> tuple[bytes | None, str]:
        status, content, _ = await got(here, file["url"])
        return (content if status == 200 else None), f"HTTP {status}"

    assert await here.audience.until("the link works", there) == b"%PDF-1.7 no power"
