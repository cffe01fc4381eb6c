"""Image hot spot: a grid lies over a picture, and one of its right cells is to be chosen. Response: "column-row".

`{"image": {"uuid", "width", "height"}, "alt", "columns", "rows", "cells": ["3-2", …]}`. A cell can be pointed at, and
chosen by keyboard and without a script; at most 12 columns, so that a finger finds a cell on a telephone.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.pieces import FULL, NONE, Content, Grade, Response, Sent, one, refuse_unless, whole, words

CELL = re.compile(r"([1-9]\d?)-([1-9]\d?)")
MOST = 12


def clean(data: Content) -> dict[str, Any]:
    columns = whole(data.get("columns"), field="columns", least=2, most=MOST)
    down = whole(data.get("rows"), field="rows", least=2, most=MOST)
    raw = data.get("cells")
    cells = sorted({str(cell) for cell in raw}, key=_place) if isinstance(raw, list) else []
    if not cells or len(cells) == columns * down or not all(lies_in(cell, columns, down) for cell in cells):
        raise InvalidInput(_("Mark the right cells of the grid: at least one, and not all."), field="cells")
    return {
        "image": _clean_image(data.get("image")),
        "alt": words(data.get("alt"), field="alt", most=500),
        "columns": columns,
        "rows": down,
        "cells": cells,
    }


def _clean_image(image: object) -> dict[str, Any]:
    if not isinstance(image, Mapping):
        raise InvalidInput(_("Choose a picture."), field="image")
    try:
        uuid = str(UUID(str(image.get("uuid"))))
    except ValueError as error:
        raise InvalidInput(_("Choose a picture."), field="image") from error
    sizes = {name: whole(image.get(name), field="image", least=1, most=20_000) for name in ("width", "height")}
    return {"uuid": uuid, **sizes}


def read(content: Content, sent: Sent) -> Response:
    cell = one(sent)
    refuse_unless(not set(sent) - {""})
    refuse_unless(not cell or lies_in(cell, content["columns"], content["rows"]))
    return cell


def grade(content: Content, response: Response) -> Grade:
    return Grade(FULL if response in content["cells"] else NONE)


def right(content: Content) -> Response:
    return str(content["cells"][0])


def cell_name(cell: str) -> str:
    """A cell as people say it: the third column of the second row is C2."""
    column, row = _place(cell)[::-1]
    return f"{'ABCDEFGHIJKL'[column - 1]}{row}"


def _place(cell: str) -> tuple[int, int]:
    found = CELL.fullmatch(cell)
    return (int(found[2]), int(found[1])) if found else (0, 0)


def lies_in(cell: str, columns: int, down: int) -> bool:
    """Whether there is such a cell in a grid of this size."""
    row, column = _place(cell)
    return 1 <= column <= columns and 1 <= row <= down
