"""Writes the page that the proxy shows while Malaka itself does not answer."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils import translation


class Command(BaseCommand):
    help = "Write 503.html beside the static files, for the proxy to show while Malaka does not answer."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            page = render_to_string("503.html")
        target = settings.STATIC_ROOT / "503.html"
        target.write_text(page, encoding="utf-8")
        self.stdout.write(str(target))
