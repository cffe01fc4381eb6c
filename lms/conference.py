"""Whether what the settings say of a conference system is whole; docs/subsystems/conference.md."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NEEDS = {
    "": (),
    "bigbluebutton": ("url", "secret"),
    "jitsi": ("url", "key", "secret"),
    "livekit": ("url", "key", "secret", "page"),
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}  # where browsers let a camera be used without encryption


def check_conference(system: str, **given: str) -> str:
    """The origin of the pages that classes show; empty without a system. Raises ImproperlyConfigured."""
    if system not in NEEDS:
        raise ImproperlyConfigured("MALAKA_CONFERENCE is 'bigbluebutton', 'jitsi' or 'livekit'.")
    for name, value in given.items():
        variable = f"MALAKA_CONFERENCE_{name.upper()}"
        if name in NEEDS[system] and not value:
            raise ImproperlyConfigured(f"MALAKA_CONFERENCE={system} needs {variable}.")
        if name not in NEEDS[system] and value:
            reason = f"{system} has none" if system else "MALAKA_CONFERENCE does not say of which system"
            raise ImproperlyConfigured(f"{variable} is set, but {reason}.")
    origins = [_origin(f"MALAKA_CONFERENCE_{name.upper()}", given[name]) for name in ("url", "page") if given.get(name)]
    return origins[-1] if origins else ""


def _origin(variable: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        is_plain = parts.scheme in ("http", "ws") and parts.hostname in LOOPBACK
        is_whole = bool(parts.hostname) and not parts.username and not parts.fragment and parts.port != 0
    except ValueError:
        is_plain = is_whole = False
        parts = urlsplit("")
    is_safe = parts.scheme in ("https", "wss") or is_plain
    if not (is_safe and is_whole) or any(letter in parts.netloc for letter in " ;,'\"\\"):
        raise ImproperlyConfigured(f"{variable} is an address such as https://meet.example.")
    return f"{parts.scheme}://{parts.netloc}"
