"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "version-published": _("“%(course)s” is published."),
    "version-returned": _("“%(course)s” is a draft again: %(words)s"),
}
