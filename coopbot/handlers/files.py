"""``GET /files/<id>``: a file that was passed on, for who has its signed link. Nothing of it is run by a browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web

from coopbot.clock import wall
from coopbot.domain.files import File
from coopbot.domain.links import PATH, Links, Standing
from coopbot.handlers.problems import as_problems, problem

Read = Callable[[str], Awaitable[tuple[File, bytes | None] | None]]
"""What is known of a file by its id, with its bytes; None for an unknown one. Raises StoreBusy."""
SOON_S = 5


def mount(app: web.Application, links: Links, read: Read) -> None:
    """Put the route on ``app``."""

    async def get(request: web.Request) -> web.StreamResponse:
        identity = request.match_info["id"]
        given = {name: request.query.get(name, "") for name in ("expires", "signature")}
        standing = links.check(identity, given["expires"], given["signature"], wall())
        if standing is Standing.FORGED:
            return problem(403, "The link is not one of ours, or was changed.")
        if standing is Standing.EXPIRED:
            return problem(410, "The link has expired. Ask the merchant for the file.")
        found = await read(identity)
        if found is None:
            return problem(404, "There is no such file.")
        file, content = found
        if content is None:
            if file.why:
                return problem(404, "The file could not be had. Ask the merchant for it.")
            return problem(404, "The file is not here yet. Try again.", headers={"Retry-After": str(SOON_S)})
        return web.Response(body=content, headers=headers_of(file))

    routes = web.Application(middlewares=[as_problems])
    routes.router.add_get("/{id}", get)
    app.add_subapp(PATH, routes)


def headers_of(file: File) -> dict[str, str]:
    """For saving, under its own name in whatever script (RFC 5987), as the type that we know and no other."""
    name = "".join(each for each in file.name if each.isprintable() and each not in '/\\"') or file.id
    plain = "".join(each if each.isascii() else "_" for each in name)
    return {
        "Content-Type": file.mime,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
        "Referrer-Policy": "no-referrer",
        "ETag": f'"{file.sha256}"',
    }
