"""The girih border of a certificate: interlaced straps over a tiling of octagons and squares.

In every octagon eight straight straps join each edge's middle to the third middle after it; in every
square four bent straps join neighbouring middles. A strap lies on top where it begins and then under and
over in turn, which is consistent over the whole plane. Each strap is drawn by its two edges, left out
where another strap lies on top, so that nothing is painted over and the order of cells does not matter.

Everything is computed once, on import, as text of PDF content streams; lengths are points.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import cos, pi, sin

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 297 * MM, 210 * MM
COLUMNS, ROWS = 29, 20
# The one pitch at which 29 × 20 octagons leave the same margin on all four sides.
PITCH = (PAGE_WIDTH - PAGE_HEIGHT) / (COLUMNS - ROWS)
MARGIN = (PAGE_WIDTH - COLUMNS * PITCH) / 2
HALF_STRAP = 0.035 * PITCH

Colour = tuple[float, float, float]
COBALT: Colour = (0.03, 0.29, 0.45)
TURQUOISE: Colour = (0.16, 0.55, 0.62)
MIST: Colour = (0.91, 0.955, 0.965)
SAFFRON: Colour = (0.85, 0.57, 0.13)

Point = complex  # a point or a direction in the plane; a turn is a multiplication


def turned(eighths: float) -> Point:
    """The direction after so many eighths of a turn."""
    return complex(cos(eighths * pi / 4), sin(eighths * pi / 4))


def dot(a: Point, b: Point) -> float:
    return a.real * b.real + a.imag * b.imag


def line(*points: Point) -> str:
    return " ".join(f"{p.real:.2f} {p.imag:.2f} {'l' if n else 'm'}" for n, p in enumerate(points))


def crossing(origin: Point, along: Point, other: Point, across: Point) -> float:
    """How far from `origin`, going `along`, the line through `other` going `across` is met."""
    normal = across * 1j
    return dot(other - origin, normal) / dot(along, normal)


def covered(at: float, along: Point, across: Point, offset: float) -> tuple[float, float]:
    """The stretch of a strap's edge that a strap going `across` hides where their axes meet `at`."""
    normal = across * 1j
    slant, shift = dot(along, normal), offset * dot(along * 1j, normal)
    low, high = sorted(((-HALF_STRAP - shift) / slant, (HALF_STRAP - shift) / slant))
    return at + low, at + high


def octagon_cell() -> list[tuple[Point, ...]]:
    """The edges of the eight straps of one octagon around the origin."""

    def strap(n: int) -> tuple[Point, Point]:
        chord = turned(n + 3) - turned(n)
        return turned(n) * PITCH / 2, chord / abs(chord)

    origin, along = strap(0)
    met = sorted((crossing(origin, along, *strap(n)), n) for n in (1, 2, 3, 6, 7))
    hiding = [(at, strap(n)[1]) for at, n in met[::2]]
    edges = []
    for offset in (-HALF_STRAP, HALF_STRAP):
        visible_from = 0.0
        for at, across in hiding:
            low, high = covered(at, along, across, offset)
            edges.append(tuple(origin + along * (t + offset * 1j) for t in (visible_from, low)))
            visible_from = high
    return [tuple(point * turned(n) for point in edge) for n in range(8) for edge in edges]


def square_cell() -> list[tuple[Point, ...]]:
    """The edges of the four bent straps of one square around the origin."""
    radius = PITCH * (2**0.5 - 1) / 2
    along, back, bisector = -turned(-0.5), -turned(2.5), turned(1)
    edges = []
    for offset in (-HALF_STRAP, HALF_STRAP):
        start = radius + along * offset * 1j
        end = turned(2) * radius - back * offset * 1j
        bend = start + along * crossing(start, along, 0, bisector)
        _, hidden = covered(0, back, -turned(1.5), -offset)
        edges.append((start, bend, end + back * hidden))
    return [tuple(point * turned(n) for point in edge) for n in (1, 3, 5, 7) for edge in edges]


def places(columns: Iterable[int], rows: Iterable[int]) -> list[Point]:
    """The middles of the cells of the border's grid in these columns and rows."""
    return [MARGIN * (1 + 1j) + (column + 0.5 + (row + 0.5) * 1j) * PITCH for column in columns for row in rows]


def at_each(points: Iterable[Point], drawn: str) -> str:
    """The same marks around each of the points."""
    steps = pairwise([0j, *points])
    moved = [f"1 0 0 1 {(b - a).real:.3f} {(b - a).imag:.3f} cm {drawn}" for a, b in steps]
    return f"q {' '.join(moved)} Q"


def cell() -> str:
    """An octagon and the squares at its four corners, to be clipped to one pitch each way."""
    corners = [turned(n) * PITCH / 2**0.5 for n in (1, 3, 5, 7)]
    squares = [tuple(point + corner for point in edge) for corner in corners for edge in square_cell()]
    return " ".join(line(*edge) for edge in octagon_cell() + squares) + " S"


def star(radius: float) -> str:
    """A closed star of eight points around the origin: two squares, one turned by an eighth."""
    return line(*(turned(n / 2) * radius * (0.765 if n % 2 else 1) for n in range(16))) + " h"


def frame(inset: float) -> str:
    return f"{inset:.3f} {inset:.3f} {PAGE_WIDTH - 2 * inset:.3f} {PAGE_HEIGHT - 2 * inset:.3f} re"


def fill(colour: Colour) -> str:
    return "{} {} {} rg".format(*colour)


def stroke(colour: Colour, width: float) -> str:
    return "{} {} {} RG {} w".format(*colour, width)


def pale_star(cell: str) -> str:
    """The pattern faintly behind the words, cut out as a star in the middle of the page."""
    centre = (PAGE_WIDTH + PAGE_HEIGHT * 1j) / 2
    to_centre, back = (f"1 0 0 1 {sign * centre.real:.3f} {sign * centre.imag:.3f} cm" for sign in (1, -1))
    field = places(range(8, 21), range(4, 16))
    return f"q {to_centre} {star(54 * MM)} W n {back} {stroke(MIST, 0.7)} {at_each(field, cell)} Q"


def border(cell: str) -> str:
    """The band of pattern around the page, its four corners reversed, and the rules that bound it."""
    inner, right, top = MARGIN + PITCH, COLUMNS - 1, ROWS - 1
    corners = places((0, right), (0, top))
    edges = places(range(1, right), (0, top)) + places((0, right), range(1, top))
    square = f"{-PITCH / 2:.3f} {-PITCH / 2:.3f} {PITCH:.3f} {PITCH:.3f} re f"
    return " ".join(
        [
            f"{fill(MIST)} {frame(MARGIN)} {frame(inner)} f*",
            f"{stroke(COBALT, 0.3)} {at_each(edges, cell)}",
            f"{fill(COBALT)} {at_each(corners, square)}",
            f"{stroke((1, 1, 1), 0.4)} {at_each(corners, cell)}",
            f"{fill(SAFFRON)} {at_each(corners, star(0.13 * PITCH) + ' f')}",
            f"{stroke(COBALT, 1.1)} {frame(MARGIN)} {frame(inner)} S",
            f"{stroke(SAFFRON, 0.5)} {frame(inner + 4)} S",
        ]
    )


def title_rule() -> str:
    """A star between two rules, under the title."""
    middle = PAGE_WIDTH / 2 + 149 * MM * 1j
    rules = " ".join(line(middle + side * 5 * MM, middle + side * 44 * MM) for side in (-1, 1))
    return f"{stroke(SAFFRON, 0.8)} {rules} S {fill(SAFFRON)} {at_each([middle], star(2.2 * MM) + ' f')}"


CELL = cell()


def page(cell: str) -> str:
    """All the ornament of a page; `cell` is the operator that draws `CELL`, clipped to one pitch each way."""
    return f"q {pale_star(cell)} {border(cell)} {title_rule()} Q"
