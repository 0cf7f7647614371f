"""Where files are uploaded to and downloaded from."""

from __future__ import annotations

from aiohttp import web

from coopbot.sandbox.faults import Fault
from coopbot.sandbox.files import File
from coopbot.sandbox.methods.files import visible
from coopbot.sandbox.refusal import RateLimited, Refused
from coopbot.sandbox.web_api import Broken, before, cut
from coopbot.sandbox.world import World

DOWNLOAD = "files.download"
"""What a download is called among faults and in the journal."""
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Login | Slack</title></head><body>Sign in</body></html>"


def _login() -> web.Response:
    return web.Response(text=LOGIN_PAGE, content_type="text/html")


class FileRoutes:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/upload/{file}", self.upload)
        app.router.add_get("/files/{file}/{name}", self.download)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The raw body, or the first file of a multipart form."""
        file = self.world.files.all.get(request.match_info["file"])
        if file is None or file.complete:
            return web.Response(status=404, text="no such upload")
        if request.content_type.startswith("multipart/"):
            form = await request.post()
            part = next((p for p in form.values() if isinstance(p, web.FileField)), None)
            content = part.file.read() if part else b""
        else:
            content = await request.read()
        if len(content) != file.length:
            return web.Response(status=400, text=f"{len(content)} bytes where {file.length} were announced")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """For who holds a bot token of the workspace; and for the page, which asks from this very address.

        A token that may not read the file gets what Slack gives: the page to log in, with status 200.
        """
        file = self.world.files.all.get(request.match_info["file"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token:
            fault = self.world.faults.at_named(DOWNLOAD)
            broken = await self._trouble(fault, request)
            barred = not self._may_read(token, file)
            self._note(request, fault, "broken" if broken else "login_page" if barred else "")
            if broken or barred:
                return broken or _login()
        if file is None or file.content is None or not file.complete:
            return web.Response(status=404, text="no such file")
        headers = {"Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    def _may_read(self, token: str, file: File | None) -> bool:
        app = next((a for a in self.world.directory.apps.values() if token == a.seed.bot_token), None)
        if app is None or app.revoked or "files:read" not in app.scopes:
            return False
        return file is None or visible(self.world, app, file)

    async def _trouble(self, fault: Fault | None, request: web.Request) -> web.StreamResponse | None:
        """What an armed fault answers in the file's place."""
        try:
            await before(fault, request)
        except Broken as broken:
            return _login() if broken.kind == "html" else broken.response(request)
        except RateLimited as limited:
            return web.Response(status=429, headers={"Retry-After": str(limited.retry_after)})
        except Refused:
            return web.Response(status=403)
        return cut(request) if fault and fault.fault == "drop_after_effect" else None

    def _note(self, request: web.Request, fault: Fault | None, error: str) -> None:
        self.world.journal.call(
            app_id=None,
            method=DOWNLOAD,
            args={"file": request.match_info["file"]},
            ok=not error,
            error=error or None,
            answer={},
            effect=False,
            channel=None,
            ts=None,
            fault=fault.fault if fault else None,
            latency_ms=0.0,
        )
