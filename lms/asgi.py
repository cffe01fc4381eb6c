"""Pages and sockets over ASGI: all of `make run`, and the `live` processes in production."""

import os
import warnings

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
# WhiteNoise hands its files out the synchronous way; they are small, and uploads go by base.downloads.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
pages = get_asgi_application()  # sets Django up, so it comes before anything that imports models

from live.routing import websocket_urlpatterns  # noqa: E402  # Django has to be set up first
from lms import memory  # noqa: E402  # the same

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)),
    }
)
memory.settle()
