"""Forms whose texts are written in several languages side by side."""

from base.forms import WRITTEN, ServiceForm, TextsForm

__all__ = ["WRITTEN", "ServiceForm", "TextsForm"]
