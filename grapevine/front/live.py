"""The live process: one small ASGI app that tails live messages and fans them out as SSE."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import django
from asgiref.sync import sync_to_async
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
django.setup()

from grapevine.signals import facade as signals  # noqa: E402  after django.setup()
from grapevine.signals.contracts import BadLiveToken  # noqa: E402

TICK_SECONDS = 0.2
HEARTBEAT_SECONDS = 15.0
QUEUE_MAX = 100
LISTENERS_MAX = 20_000

Queue = asyncio.Queue[dict[str, object]]
_listeners: dict[str, set[Queue]] = {}


async def _tail() -> None:
    """Read new messages every tick and put each on its channel's queues; a full queue drops."""
    last = await sync_to_async(signals.last_message_id)()
    while True:
        await asyncio.sleep(TICK_SECONDS)
        if not _listeners:
            last = await sync_to_async(signals.last_message_id)()
            continue
        for message_id, channel, body in await sync_to_async(signals.messages_after)(last):
            last = message_id
            for queue in _listeners.get(channel, ()):
                if not queue.full():
                    queue.put_nowait(body)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
    task = asyncio.create_task(_tail())
    yield
    task.cancel()


async def _stream(channel: str, queue: Queue) -> AsyncIterator[str]:
    _listeners.setdefault(channel, set()).add(queue)
    try:
        yield "retry: 3000\n\n"
        while True:
            try:
                body = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                yield f"data: {json.dumps(body, ensure_ascii=False)}\n\n"
            except TimeoutError:
                yield ": alive\n\n"
    finally:
        _listeners[channel].discard(queue)
        if not _listeners[channel]:
            del _listeners[channel]


async def live(request: Request) -> Response:
    """GET /live/?token=… : the messages of the one channel the token opens."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
    try:
        channel = signals.channel_of(request.query_params.get("token", ""))
    except BadLiveToken as error:
        return PlainTextResponse(error.code, error.status, headers)
    if sum(map(len, _listeners.values())) >= LISTENERS_MAX:
        return PlainTextResponse("live.full", 503, headers)
    return StreamingResponse(
        _stream(channel, asyncio.Queue(QUEUE_MAX)), media_type="text/event-stream", headers=headers
    )


async def health(request: Request) -> Response:  # noqa: ARG001
    return PlainTextResponse("ok")


app = Starlette(routes=[Route("/live/", live), Route("/health", health)], lifespan=_lifespan)
