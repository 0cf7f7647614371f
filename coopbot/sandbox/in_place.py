"""Answers in place: to a command's ack, or posted to a response_url."""

from __future__ import annotations

from aiohttp import web

from coopbot.sandbox import speech
from coopbot.sandbox.clock import monotonic
from coopbot.sandbox.records import JSON, Message
from coopbot.sandbox.refusal import RateLimited, Refused
from coopbot.sandbox.response_urls import ResponseUrl
from coopbot.sandbox.rules import message as rules
from coopbot.sandbox.web_api import Broken, before, cut, read
from coopbot.sandbox.world import World


def answer(world: World, url: ResponseUrl, body: JSON) -> Message | None:
    """Do what the body says: a new message (ephemeral unless in_channel), or the original replaced or deleted.

    The block budget of chat.postMessage does not hold here (bolt-js 2867). Raises Refused.
    """
    app = world.directory.apps[url.app_id]
    original = world.conversations.find(url.channel, url.message_ts)
    if body.get("delete_original"):
        if original is None:
            raise Refused("message_not_found")
        speech.take_back(world, original)
        return original
    blocks = rules.blocks_of(body.get("blocks"), budget=False)
    attachments = rules.attachments_of(body.get("attachments"))
    text = str(body.get("text") or "")[: rules.TEXT_CUT]
    if not (text or blocks or attachments):
        raise Refused("no_text")
    if body.get("replace_original") and url.message_ts:
        if original is None:
            raise Refused("message_not_found")
        speech.edit(world, original, mark=not original.only_for, text=text, blocks=blocks, attachments=attachments)
        return original
    conversation = world.conversations.all[url.channel]
    seen_by_all = body.get("response_type") == "in_channel"
    thread = str(body.get("thread_ts") or "")
    if thread not in conversation.messages:
        thread = ""
    return speech.by_app(
        world,
        app,
        conversation,
        text,
        blocks=blocks,
        attachments=attachments,
        thread_ts=thread,
        only_for="" if seen_by_all else url.user,
    )


class InPlace:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/response/{path:.+}", self.post)

    async def post(self, request: web.Request) -> web.StreamResponse:
        begun = monotonic()
        given, _ = await read(request)
        fault = self.world.faults.at_call("response_url")
        status, said, effect = 200, "ok", False
        url: ResponseUrl | None = None
        message: Message | None = None
        headers = {}
        try:
            await before(fault, request)
            url = self.world.response_urls.use(request.match_info["path"])
            message = answer(self.world, url, given)
            effect = True
        except Refused as refused:
            said, status = refused.error, 404 if refused.error.endswith("_url") else 400
        except RateLimited as limited:
            said, status, headers = "ratelimited", 429, {"Retry-After": str(limited.retry_after)}
        except Broken as broken:
            return broken.response(request)
        finally:
            self.world.journal.call(
                app_id=url.app_id if url else None,
                method="response_url",
                args=given,
                ok=said == "ok",
                error=None if said == "ok" else said,
                answer={"text": said},
                effect=effect,
                channel=url.channel if url else None,
                ts=message.ts if message else None,
                fault=fault.fault if fault else None,
                latency_ms=round((monotonic() - begun) * 1000, 1),
            )
        if fault and fault.fault == "drop_after_effect":
            return cut(request)
        if said == "ok":
            return web.Response(text="ok")
        return web.json_response({"ok": False, "error": said}, status=status, headers=headers)
