"""Shapes that several parts of the REST interface share."""

from ninja import Schema


class CodeOut(Schema):
    """A place or a row of a list, by its code, in the reader's language."""

    code: str
    name: str
