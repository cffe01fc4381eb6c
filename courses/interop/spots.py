"""A place in a picture, as Moodle has it: one marker to be dragged onto one shape (`ddmarker`).

Shapes become the cells of a grid whose middle they hold; cells that hang together become one shape.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_lazy as _
from PIL import Image

from base.errors import InvalidInput
from courses.interop.drafts import picture_id
from courses.interop.texts import Reading, picture_name
from courses.pictures import FORMATS
from courses.questions.hot_spot import MOST

Point = tuple[float, float]
NUMBERS = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?")


def read_spot(element: Element, reading: Reading, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Raises InvalidInput for more than one marker or shape."""
    markers, shapes = element.findall("drag"), element.findall("drop")
    if len(files) != 1:
        raise InvalidInput(_("The picture is not in the file."))
    if len(markers) != 1 or len(shapes) != 1:
        raise InvalidInput(_("It has several markers or places; here one place of a picture is asked for."))
    (data,) = files.values()
    uuid = picture_id(data)
    reading.pictures[uuid] = data
    width, height = size_of(data)
    columns, rows = _grid(width, height)
    inside = _shape(shapes[0].findtext("shape") or "", shapes[0].findtext("coords") or "")
    cells = [
        f"{column + 1}-{row + 1}"
        for row in range(rows)
        for column in range(columns)
        if inside(((column + 0.5) * width / columns, (row + 0.5) * height / rows))
    ]
    return {
        "image": {"uuid": uuid, "width": width, "height": height},
        "alt": reading.words((markers[0].findtext("text") or "").strip()),
        "columns": columns,
        "rows": rows,
        "cells": cells,
    }


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a picture. Raises InvalidInput."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(_("This file is not a PNG, JPEG, WebP or GIF picture.")) from error


def _grid(width: int, height: int) -> tuple[int, int]:
    """The finest grid of nearly square cells."""
    longest = max(width, height)
    return max(round(MOST * width / longest), 2), max(round(MOST * height / longest), 2)


def _shape(name: str, coordinates: str) -> Any:
    """Whether a point lies in a shape, as a function. Raises InvalidInput."""
    numbers = [float(number) for number in NUMBERS.findall(coordinates)]
    if name == "circle" and len(numbers) == 3:
        x, y, radius = numbers
        return lambda point: (point[0] - x) ** 2 + (point[1] - y) ** 2 <= radius**2
    if name == "rectangle" and len(numbers) == 4:
        x, y, width, height = numbers
        return lambda point: x <= point[0] <= x + width and y <= point[1] <= y + height
    if name == "polygon" and len(numbers) >= 6 and len(numbers) % 2 == 0:
        corners = list(zip(numbers[::2], numbers[1::2], strict=True))
        return lambda point: _lies_in(point, corners)
    raise InvalidInput(_("The place in the picture has no shape that can be read."))


def _lies_in(point: Point, corners: list[Point]) -> bool:
    """Whether a ray from the point crosses the outline an odd number of times."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


def write_spot(content: Mapping[str, Any], data: bytes, text: str) -> str:
    """The elements of a question: its picture, its marker, its shape. Raises InvalidInput for cells apart."""
    image = content["image"]
    outline = _outline({(int(x) - 1, int(y) - 1) for x, y in (cell.split("-") for cell in content["cells"])})
    across, down = image["width"] / content["columns"], image["height"] / content["rows"]
    corners = ";".join(f"{round(x * across)},{round(y * down)}" for x, y in outline)
    return (
        f'<file name="{picture_name(image["uuid"], data)}" encoding="base64">{b64encode(data).decode()}</file>\n'
        f"<drag><no>1</no>{text}<noofdrags>1</noofdrags></drag>\n"
        f"<drop><no>1</no><shape>polygon</shape><coords>{corners}</coords><choice>1</choice></drop>\n"
    )


def _outline(cells: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The corners around cells that hang together by their sides. Raises InvalidInput where they do not."""
    sides = list(_edges(cells))
    edges = dict(sides)
    corner = first = min(edges)
    way = [corner]
    while len(edges) == len(sides) and (corner := edges[corner]) != first:
        way.append(corner)
    if len(way) != len(sides):
        raise InvalidInput(_("Its right cells lie apart, or around others; this format has one shape."))
    return [
        here
        for before, here, after in zip([way[-1], *way], way, [*way[1:], way[0]], strict=False)
        if (before[0] - here[0]) * (after[1] - here[1]) != (before[1] - here[1]) * (after[0] - here[0])
    ]


def _edges(cells: set[tuple[int, int]]) -> Iterable[tuple[tuple[int, int], tuple[int, int]]]:
    """The sides of cells that no other cell shares, each clockwise."""
    for x, y in cells:
        if (x, y - 1) not in cells:
            yield (x, y), (x + 1, y)
        if (x + 1, y) not in cells:
            yield (x + 1, y), (x + 1, y + 1)
        if (x, y + 1) not in cells:
            yield (x + 1, y + 1), (x, y + 1)
        if (x - 1, y) not in cells:
            yield (x, y + 1), (x, y)
