"""Where files are uploaded to and downloaded from."""

from __future__ import annotations

from aiohttp import web

from coopbot.sandbox.world import World


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
        """For who holds a bot token of the workspace; and for the page, which asks from this very address."""
        file = self.world.files.all.get(request.match_info["file"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = {a.seed.bot_token for a in self.world.directory.apps.values() if not a.revoked}
        if token and token not in known:
            return web.Response(status=302, headers={"Location": f"{self.world.address}/?redir=/files"})
        if file is None or file.content is None or not file.complete:
            return web.Response(status=404, text="no such file")
        headers = {"Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)
