"""The sockets of the project, and below /limits/ the least that a room can be and the stock one."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from benchmarks.limits.room import BareRoom, QueuedStockConsumer, StockConsumer
from lms.asgi import application as project  # first, since it sets Django up

bare: Any = BareRoom()
stock: Any = StockConsumer.as_asgi()  # applications, which Django's path() knows nothing of
queued: Any = QueuedStockConsumer.as_asgi()
addresses: list[Any] = [path("limits/room/stock/", stock), path("limits/room/queued/", queued)]
documented: Any = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(addresses)))


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket" or not scope["path"].startswith("/limits/"):
        chosen: Any = project
    else:
        chosen = bare if scope["path"] == "/limits/room/bare/" else documented
    await chosen(scope, receive, send)
