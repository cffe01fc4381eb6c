"""Calls to a conference system, and the tokens that two of them take."""

import base64
import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from live.conference.system import ConferenceAway

SECONDS = 5  # until it is taken to be away
MOST_BYTES = 8 * 2**20  # of an answer


class Refused(ConferenceAway):
    """It answers that it cannot be done; `status` is its own."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered with {status}")
        self.status = status


class _StayHere(urllib.request.HTTPRedirectHandler):
    """An interface does not move; whoever sends us elsewhere would be told our secrets there."""

    def redirect_request(self, *_: Any) -> None:
        return None


OPENER = urllib.request.build_opener(_StayHere)


def call(request: urllib.request.Request) -> bytes:
    """What is answered, as a whole and in time. Raises ConferenceAway, without the address: it may hold a secret."""
    deadline = time.monotonic() + SECONDS
    found = bytearray()
    try:
        with OPENER.open(request, timeout=SECONDS) as reply:
            while chunk := reply.read1(2**16):
                found += chunk
                if len(found) > MOST_BYTES or time.monotonic() > deadline:
                    raise ConferenceAway("answers with too much, or too slowly")
    except urllib.error.HTTPError as error:
        raise Refused(error.code) from None
    except (OSError, http.client.HTTPException) as error:
        raise ConferenceAway(f"does not answer: {type(error).__name__}") from None
    return bytes(found)


def signed(claims: Mapping[str, Any], secret: str) -> str:
    """A JSON Web Token under HS256 (RFC 7515, 7519)."""
    parts = [
        _encoded(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    ]
    seal = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _encoded(seal)])


def good_for(seconds: int) -> dict[str, int]:
    """The claims about time; clocks of two machines differ a little."""
    now = int(time.time())
    return {"nbf": now - 30, "exp": now + seconds}


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
