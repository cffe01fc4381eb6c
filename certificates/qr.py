"""The QR code of an address as one path of a PDF content stream."""

from itertools import groupby

import segno

QUIET_ZONE = 4  # modules of white around the code, as ISO/IEC 18004 asks
# Choosing the best of eight masks costs more than everything else; any mask is legal and decodable.
MASK = 2


def qr_path(address: str, *, x: float, y: float, side: float) -> str:
    """Rectangles filling a square of `side` points whose lower left corner, quiet zone included, is (x, y).

    Raises segno.DataOverflowError where the address is longer than about 2,300 bytes.
    """
    rows = segno.make(address, error="m", boost_error=False, micro=False, mask=MASK).matrix
    module = side / (len(rows) + 2 * QUIET_ZONE)
    marks = []
    for number, row in enumerate(rows):
        bottom = y + side - (QUIET_ZONE + number + 1) * module
        column = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                left = x + (QUIET_ZONE + column) * module
                marks.append(f"{left:.3f} {bottom:.3f} {length * module:.3f} {module:.3f} re")
            column += length
    return " ".join(marks) + " f"
