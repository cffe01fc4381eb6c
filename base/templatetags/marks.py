"""Marks: built in Python, since lists draw hundreds of them; built into every template, as the components are."""

from functools import cache, lru_cache

import phonenumbers
from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, to_locale
from django.utils.translation import gettext as _

register = template.Library()

# What a state means to whoever reads it: (tone, icon). A state that is not here is shown in grey with a circle.
STATES = {
    "draft": ("neutral", "pencil"),
    "in_review": ("info", "eye"),
    "published": ("success", "circle-check"),
    "retired": ("neutral", "archive"),
    "planned": ("info", "calendar"),
    "open": ("success", "circle-dot"),
    "running": ("primary", "play"),
    "full": ("warning", "armchair"),
    "finished": ("neutral", "flag"),
    "cancelled": ("error", "ban"),
    "held": ("warning", "hourglass"),
    "taken": ("success", "armchair"),
    "released": ("neutral", "undo-2"),
    "submitted": ("info", "send"),
    "waitlisted": ("warning", "list-ordered"),
    "accepted": ("primary", "circle-check"),
    "declined": ("error", "circle-x"),
    "withdrawn": ("neutral", "undo-2"),
    "lapsed": ("warning", "hourglass"),
    "enrolled": ("primary", "user-check"),
    "active": ("primary", "play"),
    "completed": ("success", "graduation-cap"),
    "failed": ("error", "circle-x"),
    "dropped": ("neutral", "log-out"),
    "asked": ("info", "send"),
    "refused": ("error", "circle-x"),
    "answered": ("success", "circle-check"),
    "issued": ("success", "badge-check"),
    "revoked": ("error", "ban"),
    "contested": ("warning", "flag"),
    "upheld": ("success", "circle-check"),
    "rejected": ("neutral", "circle-x"),
    "claimed": ("info", "clipboard-list"),
    "confirmed": ("success", "circle-check"),
    "contradicted": ("error", "circle-x"),
    "scheduled": ("info", "calendar"),
    "live": ("success", "radio"),
    "ended": ("neutral", "flag"),
    "queued": ("neutral", "clock"),
    "done": ("success", "circle-check"),
    "passed": ("success", "circle-check"),
    "not_started": ("neutral", "circle-dashed"),
    "started": ("primary", "circle-dot"),
    "overdue": ("error", "clock"),
    "due": ("info", "clock"),
    "approved": ("success", "circle-check"),
    "met": ("success", "circle-check"),
    "exempt": ("info", "shield-check"),
    "agreed": ("success", "circle-check"),
    "closed": ("neutral", "archive"),
    "returned": ("warning", "undo-2"),
    "marked": ("success", "circle-check"),
}
LESSON_ICONS = {
    "page": "file-text",
    "video": "video",
    "file": "file",
    "quiz": "clipboard-check",
    "assignment": "upload",
    "practical": "wrench",
    "on-site": "map-pin",
    "live": "radio",
}
TONE_ICONS = {
    "neutral": "info",
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "error": "circle-alert",
}


@cache
def sprite_url() -> str:
    return static("icons.svg")


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """An icon from frontend/icons.txt. It never speaks: the word stands beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', f"icon {css}".strip(), sprite_url(), name
    )


@lru_cache(maxsize=1024)
def _badge(label: str, tone: str, name: str) -> SafeString:
    return format_html('<span class="state tone-{}">{}{}</span>', tone, icon(name), label)


@register.simple_tag
def badge(label: object, tone: str = "neutral", name: str = "info") -> SafeString:
    """A word with a tone and an icon, where it is not the state of a row."""
    return _badge(str(label), tone, name)


@register.simple_tag
def state(status: str, label: object) -> SafeString:
    """The state of a row: `{% state referral.status referral.get_status_display %}`."""
    return _badge(str(label), *STATES.get(status, ("neutral", "circle")))


@register.simple_tag
def lesson_icon(kind: str) -> SafeString:
    """What kind a lesson is; its word stands beside it."""
    return icon(LESSON_ICONS.get(kind, "file"))


@register.simple_tag
def due(label: object) -> SafeString:
    """What is due, in saffron: `{% due _("Answer by 25.11.2026") %}`."""
    return format_html('<span class="due">{}{}</span>', icon("clock"), label)


@register.filter
def language_tag(code: str) -> str:
    """{{ language|language_tag }}: a language as HTML names it, such as uz-Cyrl for Django's uz-cyrl."""
    return to_locale(code).replace("_", "-")


@register.filter
def initials(name: object) -> str:
    """Two letters of a name; what is left of oʻ or gʻ stays one letter."""
    return "".join(part[0] for part in str(name).split()[:2])


@register.simple_tag
def avatar(name: object) -> SafeString:
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', initials(name))


@register.simple_tag
def fact(label: object, value: object = "", url: str = "") -> SafeString:
    """One line of `<dl class="facts">`; what is not known is said so."""
    if value is None or value == "":
        inner = format_html('<dd class="is-missing">{}</dd>', _("Not recorded"))
    elif url:
        inner = format_html('<dd><a class="link" href="{}">{}</a></dd>', url, value)
    else:
        inner = format_html("<dd>{}</dd>", value)
    return format_html("<div><dt>{}</dt>{}</div>", label, inner)


@register.simple_tag
def current_language() -> SafeString:
    """The language of the page by its own name."""
    return _own_name(get_language() or settings.LANGUAGE_CODE)


@cache
def _own_name(code: str) -> SafeString:
    name = get_language_info(code)["name_local"]
    return format_html('<span class="header-word" lang="{}">{}</span>', language_tag(code), name)


@register.simple_tag
def language_buttons() -> SafeString:
    """A button for each language that a reader may choose, by its own name; the one of the page is marked."""
    return _language_buttons(get_language())


@cache
def _language_buttons(current: str | None) -> SafeString:
    marked = SafeString(' aria-current="true"')
    return format_html_join(
        "",
        '<button name="language" value="{}" lang="{}"{}>{}{}</button>',
        (
            (
                code,
                language_tag(code),
                marked if code == current else "",
                get_language_info(code)["name_local"],
                icon("check") if code == current else "",
            )
            for code, _name in settings.LANGUAGES
        ),
    )


@register.filter
def phone(number: str) -> str:
    """{{ person.phone|phone }}: +998901234567 as it is read out, +998 90 123 45 67."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number
