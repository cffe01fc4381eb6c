"""How it is learned: attempts and answers, what opens when, notes, discussions, work and its marks."""

from learning.models.attempts import Answer, AnswerFile, Attempt, AttemptQuestion
from learning.models.discussions import (
    Discussion,
    DiscussionStop,
    DiscussionVisit,
    Following,
    Mute,
    Post,
    PostMove,
    PostReport,
    Thread,
)
from learning.models.feeds import CalendarFeed
from learning.models.notes import Bookmark, Note
from learning.models.quizzes import ExtraTime, ItemStatistic, QuizWindow
from learning.models.release import DueExtension, DueReminder, LessonDate
from learning.models.search import IndexedVersion, LessonText
from learning.models.submissions import Mark, MarkFile, Submission, Work, WorkFile, WorkMove

__all__ = [
    "Answer",
    "AnswerFile",
    "Attempt",
    "AttemptQuestion",
    "Bookmark",
    "CalendarFeed",
    "Discussion",
    "DiscussionStop",
    "DiscussionVisit",
    "DueExtension",
    "DueReminder",
    "ExtraTime",
    "Following",
    "IndexedVersion",
    "ItemStatistic",
    "LessonDate",
    "LessonText",
    "Mark",
    "MarkFile",
    "Mute",
    "Note",
    "Post",
    "PostMove",
    "PostReport",
    "QuizWindow",
    "Submission",
    "Thread",
    "Work",
    "WorkFile",
    "WorkMove",
]
