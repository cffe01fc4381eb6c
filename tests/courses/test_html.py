import pytest

from courses.html import clean_html, clean_inline, has_unnamed_picture, paragraphs, shown_html, typed

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#x09;script:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="https://example.org"></iframe>',
    "<style>body{display:none}</style>",
    '<p style="position:fixed">x</p>',
    '<p onclick="alert(1)" class="btn" id="x">x</p>',
    '<svg><script>alert(1)</script><a xlink:href="javascript:alert(1)">x</a></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
    '<form action="https://example.org"><input name="password"><button>Go</button></form>',
    '<object data="x"></object><embed src="x"><base href="https://example.org/">',
    '<img src="//example.org/pixel.gif" alt=""><img src="/\\example.org/pixel.gif" alt="">',
    '<img src="https://example.org/pixel.gif" srcset="https://example.org/2.gif 2x" alt="">',
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--<img src=--><img src=x onerror=alert(1)>-->",
]
FORBIDDEN = (
    *("<script", "<iframe", "<style", "<form", "<svg", "<input", "<base", "<meta"),
    *("onerror", "onclick", "style=", "class=", "id=", "javascript:", "data:", "example.org"),
)


@pytest.mark.parametrize("html", HOSTILE)
def test_clean_html_takes_out_what_could_run_or_load(html: str) -> None:
    cleaned = clean_html(html).replace("&lt;", "‹")
    assert not [word for word in FORBIDDEN if word in cleaned]


def test_clean_html_keeps_a_lesson() -> None:
    html = (
        "<h2>Choklar</h2><p>Bir <strong>muhim</strong> gap.<br>Yana.</p><ul><li>bir</li></ul>"
        '<table><tbody><tr><th scope="row">A</th><td colspan="2">B</td></tr></tbody></table>'
        '<p><img src="/media/lessons/chok.png" alt="Toʻgʻri chok"></p>'
    )
    assert clean_html(html) == html


def test_clean_html_is_stable() -> None:
    for html in HOSTILE:
        assert clean_html(clean_html(html)) == clean_html(html)


def test_clean_html_gives_links_a_rel() -> None:
    assert clean_html('<a href="https://lex.uz/">Qonun</a>') == (
        '<a href="https://lex.uz/" rel="noopener noreferrer">Qonun</a>'
    )


def test_tables_are_shown_so_that_a_keyboard_scrolls_them() -> None:
    assert shown_html("<p>a</p><table><tbody></tbody></table>") == (
        '<p>a</p><table tabindex="0"><tbody></tbody></table>'
    )


def test_unnamed_picture_is_found_whatever_its_address() -> None:
    assert has_unnamed_picture('<p><img src="/a?alt=1"></p>')
    assert not has_unnamed_picture('<img src="/a" alt="Igna"><img src="/b" alt="">')


AS_STORED = ["", "<p>Bir</p>", "<p>Bir</p><p>2 &lt; 3</p>", "x &lt; y", "<p>A <b>b</b></p>", "<ul><li>a</li></ul>"]


@pytest.mark.parametrize("html", AS_STORED)
def test_what_an_author_sees_is_stored_as_it_was(html: str) -> None:
    shown = typed(html)
    assert html in (paragraphs(shown), clean_inline(shown))
    assert ("<p>" in shown) == ("<b>" in html)
