"""What lets whom to the media server and to the relay before it (TURN); all of it follows from one secret."""

import base64
import hashlib
import hmac
import time

from django.conf import settings
from django.utils.crypto import salted_hmac

TOKEN_SECONDS = 60  # a token is made for one request
TURN_SECONDS = 12 * 3600  # longer than any class
PLUGIN = "janus.plugin.videoroom"


def secret_of(purpose: str) -> str:
    """A secret of its own for each purpose: the server's administration, its tokens, a room."""
    return salted_hmac("live.media", purpose, secret=settings.MEDIA_SECRET, algorithm="sha256").hexdigest()


def sign(realm: str, right: str) -> str:
    """A token in Janus's form: until when, for what, which right, and a seal. https://janus.conf.meetecho.com/docs/auth"""
    data = f"{int(time.time()) + TOKEN_SECONDS},{realm},{right}"
    return f"{data}:{_seal(secret_of('tokens'), data)}"


def session_token() -> str:
    return sign("janus", PLUGIN)


def room_token(room: str) -> str:
    return sign(PLUGIN, f"room={room}")


def ice_servers(user: str) -> list[dict[str, object]]:
    """The relays that a browser may use for a while, as RTCPeerConnection takes them; coturn's `use-auth-secret`."""
    if not settings.TURN_URLS:
        return []
    name = f"{int(time.time()) + TURN_SECONDS}:{user}"
    return [{"urls": settings.TURN_URLS, "username": name, "credential": _seal(settings.TURN_SECRET, name)}]


def _seal(secret: str, data: str) -> str:
    """HMAC-SHA1, since that is what Janus and coturn check."""
    return base64.b64encode(hmac.new(secret.encode(), data.encode(), hashlib.sha1).digest()).decode()
