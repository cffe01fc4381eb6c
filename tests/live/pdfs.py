"""PDFs for tests, good and bad, written by reportlab."""

from io import BytesIO

from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas


def make_pdf(*texts: str, size: tuple[float, float] = (320, 180), password: str = "") -> bytes:
    """One page for each text."""
    out = BytesIO()
    locked = pdfencrypt.StandardEncryption(password) if password else None
    canvas = Canvas(out, pagesize=size, encrypt=locked, invariant=1)
    for text in texts:
        canvas.drawString(20, 20, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
