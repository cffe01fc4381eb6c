from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    """Teaching in real time."""

    name = "live"
    verbose_name = _("Live classes")

    def ready(self) -> None:
        from base import jobs, notices
        from live import receivers  # noqa: F401  # connects them
        from live.notices import TEXTS
        from live.services import decks, recordings

        jobs.register(decks.JOB, jobs.JobKind(_("Pages of slides"), decks.run_deck))
        film = jobs.JobKind(_("The film of a class"), recordings.run_recording, minutes=240)
        jobs.register(recordings.JOB, film)
        notices.register(TEXTS)
