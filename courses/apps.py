from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    """What is taught."""

    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from base import jobs
        from courses.services.question_files import JOB, run_question_file

        jobs.register(JOB, jobs.JobKind(_("A file of questions"), run_question_file, "learning:question_file"))
