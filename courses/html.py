"""What an author may write in a lesson: a short list of tags, everything else taken out."""

from html.parser import HTMLParser

import nh3

TAGS = {
    *("h2", "h3", "h4", "p", "br", "hr", "blockquote", "pre", "code", "ul", "ol", "li", "a", "img"),
    *("strong", "b", "em", "i", "u", "s", "sub", "sup"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}


def clean_html(html: str) -> str:
    """Return `html` with nothing in it that could run, restyle the page or load from another host."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_own_pictures_only,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    ).strip()


def shown_html(html: str) -> str:
    """Return cleaned `html` as a page shows it: a wide table can be scrolled by keyboard too."""
    return html.replace("<table", '<table tabindex="0"')


def has_unnamed_picture(html: str) -> bool:
    """Whether a picture lacks the `alt` that says what it shows (an empty one marks decoration)."""
    finder = _PictureFinder()
    finder.feed(html)
    return finder.unnamed


def _own_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        plain = value.replace("\\", "/")  # browsers read a backslash as a slash
        return value if plain.startswith("/") and not plain.startswith("//") else None
    return value


class _PictureFinder(HTMLParser):
    unnamed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and "alt" not in dict(attrs):
            self.unnamed = True
