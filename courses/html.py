"""What an author may write in a lesson: a short list of tags, everything else taken out."""

import re
from html import escape, unescape
from html.parser import HTMLParser

import nh3

from courses.formulas import UnreadableFormula, mathml

TAGS = {
    *("h2", "h3", "h4", "p", "br", "hr", "blockquote", "pre", "code", "ul", "ol", "li", "a", "img"),
    *("strong", "b", "em", "i", "u", "s", "sub", "sup"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"),
    "span",  # a formula: <span data-tex="inline">TeX</span>, or "block"
}
INLINE_TAGS = {"strong", "b", "em", "i", "u", "s", "sub", "sup", "code", "br", "img", "span"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "span": {"data-tex"},
}
FORMULA = re.compile(r'<span data-tex="(inline|block)">([^<]*)</span>')

IS_HTML = re.compile(rf"</?({'|'.join(sorted(TAGS))})(\s[^<>]*)?/?>|&(\w{{1,10}}|#\d{{1,6}});", re.IGNORECASE)


def clean_html(html: str, tags: set[str] = TAGS) -> str:
    """Return `html` with nothing in it that could run, restyle the page or load from another host."""
    return nh3.clean(
        html,
        tags=tags,
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag in tags},
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    ).strip()


def clean_inline(html: str) -> str:
    """Return `html` as it stands in a line: with marks and pictures, without blocks and links."""
    return " ".join(clean_html(html if IS_HTML.search(html) else escape(html, quote=False), INLINE_TAGS).split())


def paragraphs(text: str) -> str:
    """Return what an author typed as HTML: without a tag in it, its lines are paragraphs."""
    if IS_HTML.search(text):
        return text
    return "".join(f"<p>{escape(line.strip(), quote=False)}</p>" for line in text.splitlines() if line.strip())


def typed(html: str) -> str:
    """Return HTML as its author would type it: plain lines where `paragraphs` gives the same again, else itself."""
    lines = unescape(html.removeprefix("<p>").removesuffix("</p>").replace("</p><p>", "\n"))
    return lines if paragraphs(lines) == html or escape(lines, quote=False) == html else html


def plain_text(html: str) -> str:
    """Return the words of `html` on one line; pictures by what they show."""
    named = re.sub(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>', r" \1 ", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", named)).split())


def is_blank(html: str) -> bool:
    """Whether there is nothing to see."""
    return "<img" not in html and not plain_text(html)


def shown_html(html: str) -> str:
    """Return cleaned `html` as a page shows it: formulas drawn; a wide table can be scrolled by keyboard too."""
    return FORMULA.sub(_drawn, html.replace("<table", '<table tabindex="0"'))


def check_formulas(html: str) -> None:
    """Raise UnreadableFormula, a refusal in words, where a formula in cleaned `html` cannot be shown."""
    for kind, tex in FORMULA.findall(html):
        mathml(unescape(tex), is_block=kind == "block")


def has_unnamed_picture(html: str) -> bool:
    """Whether a picture lacks the `alt` that says what it shows (an empty one marks decoration)."""
    finder = _PictureFinder()
    finder.feed(html)
    return finder.unnamed


def _drawn(found: re.Match[str]) -> str:
    """A formula as MathML; one that was kept although it cannot be read shows its source."""
    try:
        return mathml(unescape(found[2]), is_block=found[1] == "block")
    except UnreadableFormula:
        return f"<code>{found[2]}</code>"


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value as it is kept: pictures of our own only, formulas in a line or by themselves."""
    if tag == "img" and attribute == "src":
        plain = value.replace("\\", "/")  # browsers read a backslash as a slash
        return value if plain.startswith("/") and not plain.startswith("//") else None
    if attribute == "data-tex":
        return value if value in ("inline", "block") else None
    return value


class _PictureFinder(HTMLParser):
    unnamed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and "alt" not in dict(attrs):
            self.unnamed = True
