"""Formulas: kept as the TeX that was written, shown as MathML, which browsers draw and screen readers read."""

from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _
from latex2mathml.converter import convert_to_element

from base.errors import InvalidInput

LONGEST = 500
DEEPEST = 30
NAMESPACE = 'xmlns="http://www.w3.org/1998/Math/MathML"'
# What stays of the converter's elements: nothing that links, restyles or is no MathML.
ELEMENTS = frozenset(
    {
        *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom", "menclose"),
        *("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "none"),
        *("mmultiscripts", "mprescripts", "mtable", "mtr", "mtd"),
    }
)
ATTRIBUTES = frozenset(
    {
        *("accent", "accentunder", "displaystyle", "fence", "form", "largeop", "linebreak", "linethickness"),
        *("mathvariant", "maxsize", "minsize", "movablelimits", "notation", "scriptlevel", "separator", "stretchy"),
        *(
            "columnalign",
            "columnspan",
            "rowspan",
            "symmetric",
            "depth",
            "height",
            "width",
            "lspace",
            "rspace",
            "voffset",
        ),
    }
)


class UnreadableFormula(InvalidInput):
    code = "unreadable-formula"


@lru_cache(maxsize=4096)
def mathml(tex: str, *, is_block: bool) -> str:
    """Return TeX as a <math> element that carries its source as `alttext`. Raises UnreadableFormula."""
    refusal = UnreadableFormula(
        _("The formula “%(formula)s” cannot be read. Look at its brackets and commands."), values={"formula": tex[:80]}
    )
    if not tex.strip() or len(tex) > LONGEST or tex.count("{") + tex.count(r"\left") > DEEPEST:
        raise refusal
    try:
        drawn = convert_to_element(tex)
    except (RecursionError, Exception) as error:  # the converter raises whatever it meets
        raise refusal from error
    inner = "".join(map(_shown, drawn))
    if "\\" in unescape(inner):  # a command that the converter does not know stays as it was written
        raise refusal
    display = "block" if is_block else "inline"
    return f'<math {NAMESPACE} display="{display}" alttext="{escape(tex)}">{inner}</math>'


def _shown(element: Element) -> str:
    """An element with what is in it; one that is no MathML of ours leaves only what is in it."""
    inside = escape(unescape(element.text or ""), quote=False) + "".join(map(_shown, element))
    if element.tag not in ELEMENTS:
        return inside
    kept = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items() if name in ATTRIBUTES)
    return f"<{element.tag}{kept}>{inside}</{element.tag}>"
