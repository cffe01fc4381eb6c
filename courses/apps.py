from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    """What is taught."""

    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from base import jobs, notices
        from courses.notices import TEXTS
        from courses.services import question_files, videos

        questions = jobs.JobKind(_("A file of questions"), question_files.run_question_file, "learning:question_file")
        jobs.register(question_files.JOB, questions)
        jobs.register(videos.JOB, jobs.JobKind(_("Sizes of a film"), videos.run_video, minutes=240))
        notices.register(TEXTS)
