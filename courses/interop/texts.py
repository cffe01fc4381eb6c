"""Texts of questions on their way: their formats, languages and pictures.

A text in several languages is written as Moodle's multi-language filter has it: `<span class="multilang" lang="ru">…`.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

from base.errors import InvalidInput, Reason, reason
from base.languages import LANGUAGE_CODES, nearest_language
from courses.formulas import mathml
from courses.html import FORMULA, INLINE_TAGS, IS_HTML, TAGS, clean_html, has_unnamed_picture, plain_text, typed
from courses.interop.drafts import PICTURE, picture_address, picture_id

SPAN = r"""<span\b(?=[^>]*\bclass=["']?multilang\b)[^>]*\blang=["']?([A-Za-z_-]+)["']?[^>]*>(.*?)</span>"""
BRACES = r"\{mlang\s+([A-Za-z_,-]+)\}(.*?)\{mlang\}"
ONE = re.compile(f"{SPAN}|{BRACES}", re.DOTALL | re.IGNORECASE)
RUN = re.compile(rf"(?:{SPAN}\s*|{BRACES}\s*)+", re.DOTALL | re.IGNORECASE)
IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
SRC = re.compile(r"""\bsrc\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
DATA = re.compile(r"data:image/[\w.+-]{1,40};base64,([A-Za-z0-9+/=%\s]*)", re.IGNORECASE)
LONGEST = 60_000
FILE_LINK = re.compile(r"""\b(?:href|data|poster)\s*=\s*["']?@@PLUGINFILE@@/?([^"'>\s]*)""", re.IGNORECASE)
LOST = re.compile(r"<(audio|video|iframe|object|embed|svg|math|canvas|applet|form|input|select)\b", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
BLOCK = re.compile(r"<(p|div|ul|ol|table|h[1-6]|pre|blockquote|hr)\b", re.IGNORECASE)
DIVISION = re.compile(r"<(/?)(?:div|section|article|center|figure|header|footer|main|aside)\b[^>]*>", re.IGNORECASE)
HEADING = re.compile(r"<(/?)h([156])\b[^>]*>", re.IGNORECASE)
FOREIGN = re.compile(r"</?(?:span|div|font|center|big|small|tt|strike|h[156])\b[^<>]*>", re.IGNORECASE)
BLANK_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|\u00a0)*</p>")
BETWEEN_BLOCKS = re.compile(r"</(?:p|div|h[1-6]|blockquote|pre)>\s*(?=\S)", re.IGNORECASE)
BETWEEN_PIECES = re.compile(r"</(?:li|td|th|dt|dd|tr)>", re.IGNORECASE)
MARKDOWN = MarkdownIt("commonmark").enable("table")
TEX = re.compile(r"\\\(([^<]{1,500}?)\\\)|\\\[([^<]{1,500}?)\\\]|\$\$([^<$]{1,500})\$\$")
PNG = b"\x89PNG"

HTML, PLAIN, TYPED, MARKED_DOWN = "html", "plain", "typed", "markdown"


# --- Languages ----------------------------------------------------------------------------------
def by_language(text: str, language: str) -> dict[str, str]:
    """A text apart by its languages; what stands outside their marks belongs to each. Raises InvalidInput."""
    codes = {code for found in ONE.finditer(text) for code in _codes(found)}
    if not codes:
        return {language: text}
    return {code: RUN.sub(partial(_part, code), text) for code in sorted(codes)}


def _codes(found: re.Match[str]) -> list[str]:
    codes = [code.strip().lower().replace("_", "-") for code in (found[1] or found[3]).split(",")]
    for code in codes:
        if code not in (*LANGUAGE_CODES, "other"):
            raise InvalidInput(_("“%(code)s” is not a language of Malaka."), values={"code": code})
    return [code for code in codes if code != "other"]


def _part(code: str, run: re.Match[str]) -> str:
    """What a run of marked parts says in a language, else in the nearest it has."""
    parts = {own: found[2] or found[4] or "" for found in ONE.finditer(run[0]) for own in _codes(found)}
    return parts.get(nearest_language(parts, code), "")


def marked(texts: Mapping[str, str], language: str) -> str:
    """One text of all languages; what is in `language` alone needs no mark."""
    if set(texts) <= {language}:
        return tex_of(texts.get(language, ""))
    return "".join(f'<span class="multilang" lang="{code}">{tex_of(text)}</span>' for code, text in texts.items())


def written(texts: Mapping[str, str], language: str) -> tuple[str, bool]:
    """A text as it is written into a file, and whether it is HTML; else plain lines."""
    if set(texts) <= {language}:
        html = tex_of(texts.get(language, ""))
        plain = typed(html)
        return (html, True) if "<" in plain or "&" in plain else (plain, False)
    return marked(texts, language), True


# --- What a file says ---------------------------------------------------------------------------
@dataclass
class Reading:
    """How the texts of one question are read: bare ones are in `language`, `files` are those that come with it."""

    language: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    left_out: list[Reason] = field(default_factory=list)

    def rich(self, text: str, form: str = TYPED) -> dict[str, str]:
        """A text of paragraphs, by language. Raises InvalidInput for what would be lost."""
        return {code: self._page(part, form) for code, part in self._parts(text).items()}

    def line(self, text: str, form: str = TYPED) -> dict[str, str]:
        """A text of one line, by language. Raises InvalidInput for what would be lost."""
        return {code: self._inline(part, form) for code, part in self._parts(text).items()}

    def words(self, text: str, form: str = TYPED) -> dict[str, str]:
        """A text without marks, by language; a picture in it would be lost."""
        if form == HTML and IMG.search(text):
            raise InvalidInput(_("There is a picture where only words can stand."))
        plain = plain_text if form == HTML or IS_HTML.search(text) else str.strip
        return {code: plain(part) for code, part in self._parts(text).items()}

    def _parts(self, text: str) -> dict[str, str]:
        """A text by language, with the pictures that stand in their addresses kept apart."""
        text = DATA.sub(lambda found: self._keep(decode_base64(found[1])), text)
        if len(text) > LONGEST:
            raise InvalidInput(_("This text is longer than %(most)d characters."), values={"most": LONGEST})
        return by_language(text, self.language)

    def _keep(self, data: bytes) -> str:
        uuid = picture_id(data)
        self.pictures[uuid] = data
        return picture_address(uuid)

    def _page(self, text: str, form: str) -> str:
        html = self._checked(_as_html(text, form))
        if html == text and form != HTML:
            return html
        return BLANK_PARAGRAPH.sub("", clean_html(html, _tags(html, TAGS)))

    def _inline(self, text: str, form: str) -> str:
        html = self._checked(_as_html(text, form))
        if html == text and form != HTML and not IS_HTML.search(html):
            return html
        html = BETWEEN_BLOCKS.sub("<br>", html) if BLOCK.search(html) else html
        return clean_html(BETWEEN_PIECES.sub(" ", html), _tags(html, INLINE_TAGS))

    def _checked(self, html: str) -> str:
        """HTML with its pictures at their addresses; what cannot be taken is refused or noted."""
        if found := LOST.search(html):
            raise InvalidInput(
                _("It holds <%(tag)s>, which questions here cannot show."), values={"tag": found[1].lower()}
            )
        if linked := FILE_LINK.search(html):
            raise InvalidInput(
                _("It leads to the file “%(name)s”; of files, questions carry pictures alone."),
                values={"name": unquote(linked[1])},
            )
        if SCRIPT.search(html):
            self.left_out.append(reason(_("a script")))
        html = TEX.sub(self._formula, html)
        html = IMG.sub(lambda tag: SRC.sub(self._own_address, tag[0]), html)
        if has_unnamed_picture(html):
            self.left_out.append(reason(_("a picture has no words that say what it shows: add them")))
        return html

    def _formula(self, found: re.Match[str]) -> str:
        """TeX between the marks that Moodle draws, as a formula; one that cannot be drawn stays as it is."""
        tex = unescape(found[1] or found[2] or found[3])
        kind = "inline" if found[1] else "block"
        try:
            mathml(tex, is_block=kind == "block")
        except InvalidInput:
            return found[0]
        return f'<span data-tex="{kind}">{escape(tex, quote=False)}</span>'

    def _own_address(self, found: re.Match[str]) -> str:
        address = unescape(found[1].strip("\"'"))
        if (kept := PICTURE.fullmatch(address)) and kept[1] in self.pictures:
            return found[0]
        return f'src="{self._keep(self._picture(address))}"'

    def _picture(self, address: str) -> bytes:
        name = unquote(address.removeprefix("@@PLUGINFILE@@").partition("?")[0])
        if address.startswith("@@PLUGINFILE@@") and name in self.files:
            return self.files[name]
        if address.lower().startswith(("http:", "https:", "//")):
            words = _("It shows a picture of another site (%(address)s). Put the picture itself into the file.")
            raise InvalidInput(words, values={"address": address[:100]})
        raise InvalidInput(_("The picture “%(name)s” is not in the file."), values={"name": name[-100:]})


def decode_base64(text: str) -> bytes:
    """Raises InvalidInput."""
    try:
        return b64decode(unquote(text) if "%" in text else text)
    except (Error, ValueError) as error:
        raise InvalidInput(_("A picture in the file is broken off.")) from error


def _as_html(text: str, form: str) -> str:
    if form == PLAIN:
        return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())
    if form == MARKED_DOWN:
        return str(MARKDOWN.render(text))
    if form == HTML or FOREIGN.search(text):
        return HEADING.sub(_smaller_heading, DIVISION.sub(r"<\1p>", text))
    if "\n" in text and IS_HTML.search(text) and not BLOCK.search(text):
        return text.strip().replace("\n", "<br>")
    return text


def _tags(html: str, tags: set[str]) -> set[str]:
    """What stays of HTML; spans only where there are formulas."""
    return tags if "data-tex" in html else tags - {"span"}


def tex_of(html: str) -> str:
    """HTML with its formulas as TeX between the marks that Moodle draws."""
    return FORMULA.sub(lambda found: rf"\({found[2]}\)" if found[1] == "inline" else rf"\[{found[2]}\]", html)


def _smaller_heading(found: re.Match[str]) -> str:
    return f"<{found[1]}h{'2' if found[2] == '1' else '4'}>"


# --- Pictures on their way out ------------------------------------------------------------------
def picture_name(uuid: str, data: bytes) -> str:
    return f"{uuid}.{'png' if data.startswith(PNG) else 'jpg'}"


def pictures_in(html: str) -> list[str]:
    """The uuids of the pictures that a text shows."""
    return list(dict.fromkeys(PICTURE.findall(html)))


def data_address(data: bytes) -> str:
    """A picture as an address that holds it."""
    return f"data:image/{'png' if data.startswith(PNG) else 'jpeg'};base64,{b64encode(data).decode()}"
