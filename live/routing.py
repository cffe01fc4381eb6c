"""The sockets of this app, plugged into lms.asgi."""

from typing import Any

from django.urls import path

from live.consumers import guest_socket, room_socket

room: Any = room_socket  # an application, which Django's path() knows nothing of
guests: Any = guest_socket
websocket_urlpatterns: list[Any] = [
    path("live/<uuid:uuid>/socket/", room),
    path("live/<uuid:uuid>/guest/socket/", guests),
]
