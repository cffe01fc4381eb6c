from celery import shared_task

from courses.services import videos


@shared_task
def sweep_videos() -> int:
    """Make the sizes of films that came while ffmpeg was missing; returns how many were queued."""
    return videos.sweep_videos()
