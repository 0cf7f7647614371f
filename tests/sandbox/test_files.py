"""Files in modals: as Slack gives them to the app that asked, and to nobody else."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import App, Sandbox, SandboxClient
from coopbot.sandbox.client import SandboxError
from tests.sandbox.conftest import MANIFEST, field, modal, web_client, workspace

PHOTO = b"\xff\xd8 a photo"
PROOF = field("b", "proof", "file_input", filetypes=["jpg", "pdf"], max_files=2)


async def opens(sandbox: Sandbox, bot: AsyncWebClient) -> None:
    assert sandbox.world
    trigger = sandbox.world.modals.trigger("A00000001", "UANA").id
    await bot.views_open(trigger_id=trigger, view=modal(PROOF))


async def download(url: str, token: str) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.content_type, await answer.read()


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as why:
        await call
    return str(why.value.response["error"])


async def test_a_file_is_the_apps_from_the_submission_on(
    sandbox: Sandbox, bot: AsyncWebClient, people: SandboxClient
) -> None:
    await opens(sandbox, bot)
    file = await people.uploads("UANA", "凭证 1.jpg", PHOTO)
    assert await refused(bot.files_info(file=file["id"])) == "file_not_found"
    assert (await download(file["url_private_download"], "xoxb-sandbox-1"))[1] == "text/html"
    assert (await bot.files_list())["files"] == []

    await people.submits("UANA", {"proof": [file["id"]]})
    (sent,) = await people.deliveries(kind="view")
    assert sent["payload"]["view"]["state"]["values"]["b"]["proof"] == {"type": "file_input", "files": [file]}
    told = (await bot.files_info(file=file["id"]))["file"]
    assert (told["name"], told["mimetype"], told["size"], told["user"]) == ("凭证 1.jpg", "image/jpeg", 10, "UANA")
    assert await download(told["url_private_download"], "xoxb-sandbox-1") == (200, "image/jpeg", PHOTO)
    assert [call["error"] for call in await people.journal(method="files.download")] == ["login_page", None]


async def test_who_may_not_read_it_gets_the_page_to_log_in(sandbox: Sandbox, people: SandboxClient) -> None:
    assert sandbox.world
    file = await people.uploads("UANA", "a.jpg", PHOTO)
    sandbox.world.files.all[file["id"]].handed_to.add("A2")
    for token in ("xoxb-other", "xoxb-nobody"):
        status, kind, content = await download(file["url_private"], token)
        assert (status, kind, b"Slack" in content) == (200, "text/html", True)
    assert await refused(web_client(sandbox, "xoxb-other").files_info(file=file["id"])) == "missing_scope"


async def test_the_modal_itself_refuses_what_the_input_does_not_take(
    sandbox: Sandbox, bot: AsyncWebClient, people: SandboxClient
) -> None:
    await opens(sandbox, bot)
    three = [(await people.uploads("UANA", f"{n}.jpg", PHOTO))["id"] for n in range(3)]
    assert (await people.submits("UANA", {"proof": three}))["errors"] == {"b": "Please choose at most 2 files."}
    script = (await people.uploads("UANA", "run.sh", b"#!"))["id"]
    assert "run.sh" in (await people.submits("UANA", {"proof": [script]}))["errors"]["b"]
    assert "required" in (await people.submits("UANA", {"proof": []}))["errors"]["b"]
    (view,) = await people.views("UANA")
    assert view["fields"][0]["value"] == []
    bens = (await people.uploads("UBEN", "b.jpg", PHOTO))["id"]
    for strange in (bens, "F0NONE"):
        with pytest.raises(SandboxError, match="file"):
            await people.submits("UANA", {"proof": [strange]})
    with pytest.raises(SandboxError, match="larger than 10 MB"):
        await people.uploads("UANA", "film.jpg", b"0" * (10 * 1024 * 1024 + 1))
    with pytest.raises(SandboxError, match="name"):
        await people.uploads("UANA", "../a.jpg", PHOTO)


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [("html", 200, "text/html"), ("error_500", 500, "text/plain"), ("rate_limit", 429, "application/octet-stream")],
)
async def test_a_download_has_faults_of_its_own(
    sandbox: Sandbox, people: SandboxClient, fault: str, status: int, kind: str
) -> None:
    assert sandbox.world
    file = await people.uploads("UANA", "a.jpg", PHOTO)
    sandbox.world.files.all[file["id"]].handed_to.add("A00000001")
    await people.fault("internal_error")
    await people.fault(fault, method="files.download")
    assert (await download(file["url_private"], "xoxb-sandbox-1"))[:2] == (status, kind)
    assert (await download(file["url_private"], "xoxb-sandbox-1"))[2] == PHOTO


async def test_without_the_scope_nothing_is_read() -> None:
    scopes = [scope for scope in MANIFEST["oauth_config"]["scopes"]["bot"] if scope != "files:read"]
    box = Sandbox(
        workspace(App(bot_user_id="UBOT", manifest={**MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}))
    )
    await box.start()
    try:
        async with SandboxClient(box.address) as people:
            file = await people.uploads("UANA", "a.jpg", PHOTO)
            assert box.world
            box.world.files.all[file["id"]].handed_to.add("A00000001")
            assert await refused(web_client(box).files_info(file=file["id"])) == "missing_scope"
            assert (await download(file["url_private"], "xoxb-sandbox-1"))[1] == "text/html"
    finally:
        await box.stop()
