"""Work after and around quizzes; each sweep finds what is due by the rows themselves."""

from celery import shared_task

from learning.services import attempts, due_reminders, items, search


@shared_task
def submit_overdue() -> int:
    """Hand in the attempts whose time is up, and mark what waits for its marks; returns how many."""
    return attempts.submit_overdue()


@shared_task
def count_items() -> int:
    """Count the questions of quizzes that were taken since; returns of how many quizzes."""
    return items.count_due_items()


@shared_task
def index_texts() -> int:
    """Make the words of versions published since ready to be searched; returns of how many versions."""
    return search.index_due_versions()


@shared_task
def remind_of_due() -> int:
    """Tell learners of what is due soon or late; returns how many notices that made."""
    return due_reminders.remind()
