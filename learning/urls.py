"""The player below /learn/, authoring below /teach/."""

from django.urls import include, path

from learning.views import player, quizzes

app_name = "learning"

lesson = [
    path("", player.lesson_view, name="lesson"),
    path("complete/", player.complete_lesson_view, name="lesson_complete"),
    path("position/", player.keep_position_view, name="lesson_position"),
    path("file/", player.lesson_file_view, name="lesson_file"),
    path("attempts/", quizzes.start_attempt_view, name="attempt_start"),
    path("attempts/<uuid:uuid>/", quizzes.attempt_view, name="attempt"),
    path("attempts/<uuid:uuid>/answer/", quizzes.save_answer_view, name="answer_save"),
]

urlpatterns = [
    path("learn/", player.home_view, name="home"),
    path("learn/<uuid:enrollment>/", player.player_view, name="player"),
    path("learn/<uuid:enrollment>/<uuid:lesson>/", include(lesson)),
]
