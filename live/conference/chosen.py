"""The conference system of the settings."""

from urllib.parse import urlsplit

from django.conf import settings

from live.conference.bigbluebutton import BigBlueButton
from live.conference.jitsi import Jitsi
from live.conference.livekit import LiveKit
from live.conference.system import Conference


def chosen() -> Conference | None:
    """None where Janus, or nothing, carries picture and sound."""
    url, key, secret = settings.CONFERENCE_URL, settings.CONFERENCE_KEY, settings.CONFERENCE_SECRET
    match settings.CONFERENCE:
        case "bigbluebutton":
            return BigBlueButton(url, secret)
        case "jitsi":
            return Jitsi(url, key, secret)
        case "livekit":
            return LiveKit(url, key, secret, settings.CONFERENCE_PAGE)
    return None


def our_prefix() -> str:
    """What the names of our rooms begin with, on a system that others use too."""
    host = urlsplit(settings.SITE_URL).hostname or "malaka"
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in host) + "-"
