from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    """How it is learned."""

    name = "learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        from base import notices
        from learning import receivers  # noqa: F401  # connects them
        from learning.notices import TEXTS

        notices.register(TEXTS)
