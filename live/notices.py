"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "class-scheduled": _("Live class “%(lesson)s” on %(at)s. Open it here when it begins."),
    "class-cancelled": _("The live class “%(lesson)s” on %(at)s is called off."),
}
