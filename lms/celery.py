"""The Celery application; the periodic schedule stands here, in code."""

import os
import signal
import threading
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
SECONDS_TO_FINISH = 12  # the supervisor kills after 20, and putting work back takes a few

app = Celery("malaka")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "certificates": {"task": "certificates.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "heartbeat": {"task": "base.tasks.beat_heart", "schedule": 15.0, "options": {"expires": 60}},
    "sweep-jobs": {"task": "base.tasks.sweep_jobs", "schedule": 30.0, "options": {"expires": 30}},
    "sweep-videos": {"task": "courses.tasks.sweep_videos", "schedule": 600.0, "options": {"expires": 600}},
    "sweep-uploads": {"task": "base.tasks.sweep_uploads", "schedule": 600.0, "options": {"expires": 600}},
    "send-mail": {"task": "base.tasks.send_mail", "schedule": 60.0, "options": {"expires": 60}},
    "remind-overdue": {"task": "enrollment.tasks.remind_of_overdue", "schedule": crontab(hour="8", minute="0")},
    "sweep-freed-seats": {"task": "enrollment.tasks.sweep_freed_seats", "schedule": 60.0, "options": {"expires": 60}},
    "rank-waiting": {"task": "enrollment.tasks.rank_waiting", "schedule": crontab(hour="0", minute="5")},
    "lapse-holds": {"task": "enrollment.tasks.lapse_holds", "schedule": 600.0},
    "fail-overdue-enrollments": {
        "task": "enrollment.tasks.fail_overdue_enrollments",
        "schedule": crontab(hour="2", minute="0"),
    },
    "ask-evaluations": {"task": "enrollment.tasks.ask_evaluations", "schedule": crontab(hour="9", minute="0")},
    "settle-training": {"task": "enrollment.tasks.settle_training", "schedule": 15.0, "options": {"expires": 15}},
    "settle-all-training": {
        "task": "enrollment.tasks.settle_all_training",
        "schedule": crontab(hour="1", minute="0"),
    },
    "remind-of-training": {
        "task": "enrollment.tasks.remind_of_training",
        "schedule": crontab(hour="8", minute="30"),
    },
    "submit-attempts": {"task": "learning.tasks.submit_overdue", "schedule": 10.0, "options": {"expires": 10}},
    "remind-of-due": {"task": "learning.tasks.remind_of_due", "schedule": crontab(hour="8", minute="15")},
    "count-items": {"task": "learning.tasks.count_items", "schedule": crontab(hour="3", minute="30")},
    "index-texts": {"task": "learning.tasks.index_texts", "schedule": 60.0, "options": {"expires": 60}},
    "purge-imports": {"task": "enrollment.tasks.purge_imports", "schedule": crontab(hour="4", minute="0")},
    "purge-question-files": {"task": "courses.tasks.purge_question_files", "schedule": crontab(hour="4", minute="30")},
    "sweep-statistics": {"task": "reports.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "freeze-completion-statistics": {
        "task": "reports.tasks.freeze_completion_statistics",
        "schedule": crontab(hour="0", minute="10"),
    },
    "find-duplicates": {"task": "enrollment.tasks.find_duplicates", "schedule": crontab(hour="4", minute="0")},
    "mend-statistics": {"task": "reports.tasks.mend", "schedule": crontab(hour="3", minute="0")},
    "settle-media-rooms": {"task": "live.tasks.settle_rooms", "schedule": 30.0, "options": {"expires": 30}},
    "sweep-decks": {"task": "live.tasks.sweep_decks", "schedule": 600.0, "options": {"expires": 600}},
    "sweep-recordings": {"task": "live.tasks.sweep_recordings", "schedule": 60.0, "options": {"expires": 60}},
    "remind-of-classes": {"task": "live.tasks.remind_of_classes", "schedule": 60.0, "options": {"expires": 60}},
    "ask-who-is-here": {"task": "live.tasks.ask_at_random", "schedule": 20.0, "options": {"expires": 20}},
    "close-groups": {"task": "live.tasks.close_groups", "schedule": 10.0, "options": {"expires": 10}},
    "end-abandoned-classes": {"task": "live.tasks.end_abandoned", "schedule": 60.0, "options": {"expires": 60}},
}


@signals.beat_init.connect
def beat_at_once(**_: Any) -> None:
    """Send the first heartbeat as beat starts: on a new schedule, beat waits a whole period before it sends."""
    app.send_task("base.tasks.beat_heart")


@signals.worker_shutting_down.connect
def put_back_long_work(sig: str, **_: Any) -> None:
    """Give tasks in hand a few seconds to finish; then stop them, and their messages return to the queue.

    Celery's own soft shutdown would sleep for the whole time, even when all tasks have finished.
    """
    if sig == "SIGTERM":
        timer = threading.Timer(SECONDS_TO_FINISH, os.kill, (os.getpid(), signal.SIGQUIT))
        timer.daemon = True
        timer.start()
