"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "credential-issued": _("Your certificate for “%(course)s” is ready."),
    "credential-revoked": _("Your certificate for “%(course)s” was revoked: %(reason)s"),
}
