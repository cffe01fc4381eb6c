import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from base.errors import InvalidInput
from courses.formulas import LONGEST, UnreadableFormula, mathml
from courses.html import check_formulas, clean_html, plain_text, shown_html

COMMANDS = [r"\frac", r"\sqrt", r"\text", r"\left(", r"\right)", r"\href", r"\style", r"\class", r"\begin{matrix}"]
PIECES = [*COMMANDS, *r"{}^_&\"'x ", r"\\", "<b>", "&lt;", "javascript:alert(1)", "12", "\0", "oʻ"]
UNREADABLE = [r"\frac{", "^", r"\left( x", r"\nosuchcommand x", "{" * 2000, "x" * (LONGEST + 1), r"\begin{matrix}"]


def test_a_formula_is_shown_as_mathml_with_its_source() -> None:
    shown = mathml(r"\frac{a}{2}", is_block=True)
    assert shown.endswith("<mfrac><mrow><mi>a</mi></mrow><mrow><mn>2</mn></mrow></mfrac></mrow></math>")
    assert 'display="block"' in shown
    assert r'alttext="\frac{a}{2}"' in shown


@pytest.mark.parametrize(
    "tex",
    ["", "  ", r"\frac{", "^", r"\left( x", r"\nosuchcommand x", "{" * 2000, "x" * (LONGEST + 1), r"\begin{matrix}"],
)
def test_what_cannot_be_read_is_refused_in_words(tex: str) -> None:
    with pytest.raises(UnreadableFormula) as refused:
        mathml(tex, is_block=False)
    assert f"“{tex[:80]}”" in str(refused.value)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example(r"\text{<img src=x onerror=alert(1)>}")
@example(r"\href{javascript:alert(1)}{x}")
@example(r"\style{position:fixed}{x}")
@settings(max_examples=150, deadline=None)
def test_nothing_runs_or_breaks_whatever_is_written(tex: str) -> None:
    try:
        shown = mathml(tex, is_block=False)
    except InvalidInput:
        return
    inside = shown.split(">", 1)[1]
    assert not [word for word in ("<b>", "<img", "href=", "style=", "class=") if word in inside]


def test_a_formula_is_kept_as_source_and_shown_drawn() -> None:
    html = '<p>Yuzasi <span data-tex="inline">a &lt; b^2</span>.</p>'
    assert clean_html(html) == html
    assert plain_text(html) == "Yuzasi a < b^2 ."
    assert "<msup>" in shown_html(html)
    assert "data-tex" not in shown_html(html)


@pytest.mark.parametrize("kind", ["x", "", '"><script>'])
def test_a_span_is_a_formula_or_nothing(kind: str) -> None:
    cleaned = clean_html(f"<p><span data-tex='{kind}' style='color:red'>x</span></p>")
    assert cleaned == "<p><span>x</span></p>"
    assert shown_html(cleaned) == cleaned


def test_a_formula_that_cannot_be_read_is_refused_and_shows_its_source() -> None:
    html = r'<p><span data-tex="block">&lt;^</span></p>'
    with pytest.raises(UnreadableFormula):
        check_formulas(html)
    assert shown_html(html) == r"<p><code>&lt;^</code></p>"
