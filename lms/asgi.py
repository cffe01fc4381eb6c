"""Pages and sockets over ASGI: all of `make run`, and the `live` processes in production."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
pages = get_asgi_application()  # sets Django up, so it comes before anything that imports models

from live.routing import websocket_urlpatterns  # noqa: E402  # Django has to be set up first

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
