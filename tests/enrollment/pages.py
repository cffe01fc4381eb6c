"""Addresses and words of this app's pages."""

from typing import Any

from django.urls import reverse


def url(name: str, *args: Any) -> str:
    return reverse(f"enrollment:{name}", args=args)


def words(answer: Any) -> str:
    text: str = answer.content.decode()
    return text
