from celery import shared_task

from courses.services import question_files, videos


@shared_task
def sweep_videos() -> int:
    """Make the sizes of films that came while ffmpeg was missing; returns how many were queued."""
    return videos.sweep_videos()


@shared_task
def purge_question_files() -> int:
    """Delete question files that were sent or written long ago; returns how many."""
    return question_files.purge_question_files()
