"""The player below /learn/, authoring below /teach/."""

from django.urls import include, path, re_path

from learning.views import player, quizzes, teach_courses, teach_lessons, teach_questions

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

CHANGE = "(?P<change>up|down|remove)/$"
courses = [
    path("new/", teach_courses.new_course_view, name="teach_course_new"),
    path("<slug:slug>/", teach_courses.course_view, name="teach_course"),
    path("<slug:slug>/edit/", teach_courses.edit_course_view, name="teach_course_edit"),
    path("<slug:slug>/draft/", teach_courses.new_draft_view, name="teach_draft_new"),
    path("<slug:slug>/retire/", teach_courses.retire_course_view, name="teach_course_retire"),
]
version = [
    path("", teach_courses.version_view, name="teach_version"),
    path("edit/", teach_courses.edit_version_view, name="teach_version_edit"),
    re_path("^(?P<move>submit|return|publish)/$", teach_courses.move_version_view, name="teach_version_move"),
    path("modules/new/", teach_lessons.new_module_view, name="teach_module_new"),
    path("preview/", teach_lessons.preview_begin_view, name="teach_preview_begin"),
    path("preview/<uuid:lesson>/", teach_lessons.preview_view, name="teach_preview"),
]
module = [
    path("", teach_lessons.edit_module_view, name="teach_module"),
    re_path(f"^{CHANGE}", teach_lessons.change_module_view, name="teach_module_change"),
    path("lessons/new/<slug:kind>/", teach_lessons.new_lesson_view, name="teach_lesson_new"),
]
teach_lesson = [
    path("", teach_lessons.edit_lesson_view, name="teach_lesson"),
    re_path("^(?P<change>up|down)/$", teach_lessons.move_lesson_view, name="teach_lesson_move"),
    path("remove/", teach_lessons.remove_lesson_view, name="teach_lesson_remove"),
    path("file/", teach_lessons.lesson_file_view, name="teach_lesson_file"),
    path("bank/", teach_questions.bank_view, name="teach_bank"),
    path("bank/<uuid:question>/", teach_questions.add_item_view, name="teach_item_add"),
    path("questions/new/<slug:kind>/", teach_questions.new_question_view, name="teach_question_new"),
    path("questions/<int:item>/", teach_questions.edit_item_view, name="teach_item"),
    re_path(f"^questions/(?P<item>[0-9]{{1,18}})/{CHANGE}", teach_questions.change_item_view, name="teach_item_change"),
]

urlpatterns = [
    path("learn/", player.home_view, name="home"),
    path("learn/<uuid:enrollment>/", player.player_view, name="player"),
    path("learn/<uuid:enrollment>/<uuid:lesson>/", include(lesson)),
    path("teach/", teach_courses.home_view, name="teach_home"),
    path("teach/courses/", include(courses)),
    path("teach/versions/<uuid:uuid>/", include(version)),
    path("teach/modules/<uuid:uuid>/", include(module)),
    path("teach/lessons/<uuid:uuid>/", include(teach_lesson)),
]
