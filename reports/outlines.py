"""The outlines of the regions as SVG paths, from the file that lies in reports/data (docs/attribution.md)."""

import json
from functools import cache
from math import cos, radians
from pathlib import Path

FILE = Path(__file__).parent / "data" / "regions.geojson"
WIDTH = 800
MIDDLE_LATITUDE = 41.4

Ring = list[tuple[float, float]]


@cache
def region_outlines() -> tuple[str, dict[str, str]]:
    """The viewBox, and for each region by its SOATO code the `d` of a path in it.

    A plain cylindrical projection, true to scale along the country's middle latitude.
    """
    rings: dict[str, list[Ring]] = {}
    for feature in json.loads(FILE.read_text())["features"]:
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        rings[feature["properties"]["soato"]] = [ring for polygon in polygons for ring in polygon]
    points = [point for outline in rings.values() for ring in outline for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale = WIDTH / (east - west)
    stretch = scale / cos(radians(MIDDLE_LATITUDE))

    def draw(ring: Ring) -> str:
        steps = (f"{(x - west) * scale:.1f} {(north - y) * stretch:.1f}" for x, y in ring[:-1])
        return f"M{'L'.join(steps)}Z"

    paths = {code: "".join(map(draw, outline)) for code, outline in rings.items()}
    return f"0 0 {WIDTH} {(north - south) * stretch:.0f}", paths
