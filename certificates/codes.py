"""The codes by which certificates are verified: 16 letters of Crockford's base 32, 80 random bits."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
MISREAD = str.maketrans("OIL", "011", " -‐–—\t\r\n")


def make_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """The code that was typed, whatever its case, its gaps, and O for 0 or I and L for 1; None if it is none."""
    code = typed.upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
