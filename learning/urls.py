"""The player below /learn/, authoring below /teach/."""

from django.urls import include, path, re_path

from learning.views import (
    notes,
    player,
    quizzes,
    teach_bank,
    teach_courses,
    teach_films,
    teach_lessons,
    teach_marking,
    teach_media,
    teach_outline,
    teach_question_files,
    teach_questions,
    teach_quizzes,
    teach_reviews,
    teach_translations,
)

app_name = "learning"

lesson = [
    path("", player.lesson_view, name="lesson"),
    path("complete/", player.complete_lesson_view, name="lesson_complete"),
    path("position/", player.keep_position_view, name="lesson_position"),
    path("file/", player.lesson_file_view, name="lesson_file"),
    path("film/<slug:kind>/", player.film_view, name="lesson_film"),
    path("captions/<slug:language>/", player.captions_view, name="lesson_captions"),
    path("attachments/<uuid:uuid>/", player.attachment_view, name="lesson_attachment"),
    path("notes/", notes.lesson_notes_view, name="lesson_notes"),
    path("notes/save/", notes.save_note_view, name="note_save"),
    path("bookmark/", notes.bookmark_view, name="bookmark"),
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
    path("comments/", teach_reviews.comments_view, name="teach_comments"),
    path("translation/", teach_translations.translation_view, name="teach_translation"),
    path("translation/<slug:language>/<uuid:piece>/", teach_translations.translate_view, name="teach_translate"),
    path("changes/", teach_reviews.changes_view, name="teach_changes"),
    path("modules/copy/", teach_reviews.copy_module_view, name="teach_module_copy"),
    path("modules/new/", teach_lessons.new_module_view, name="teach_module_new"),
    path("preview/", teach_lessons.preview_begin_view, name="teach_preview_begin"),
    path("preview/<uuid:lesson>/", teach_lessons.preview_view, name="teach_preview"),
]
module = [
    path("", teach_lessons.edit_module_view, name="teach_module"),
    re_path(f"^{CHANGE}", teach_outline.change_module_view, name="teach_module_change"),
    path("place/", teach_outline.place_module_view, name="teach_module_place"),
    path("lessons/new/<slug:kind>/", teach_lessons.new_lesson_view, name="teach_lesson_new"),
    path("lessons/new/<slug:kind>/draft/", teach_lessons.new_draft_view, name="teach_lesson_new_draft"),
]
teach_lesson = [
    path("", teach_lessons.edit_lesson_view, name="teach_lesson"),
    path("draft/", teach_lessons.draft_view, name="teach_lesson_draft"),
    re_path("^(?P<change>up|down)/$", teach_outline.move_lesson_view, name="teach_lesson_move"),
    path("place/", teach_outline.place_lesson_view, name="teach_lesson_place"),
    path("remove/", teach_lessons.remove_lesson_view, name="teach_lesson_remove"),
    path("file/", teach_lessons.lesson_file_view, name="teach_lesson_file"),
    path("film/<slug:kind>/", teach_films.film_view, name="teach_film"),
    path("again/", teach_films.make_again_view, name="teach_film_again"),
    path("poster/", teach_films.poster_view, name="teach_poster"),
    path("captions/", teach_films.new_captions_view, name="teach_captions_new"),
    path("captions/<slug:language>/", teach_films.captions_view, name="teach_captions"),
    path("captions/<slug:language>/remove/", teach_films.remove_captions_view, name="teach_captions_remove"),
    path("attach/", teach_media.attach_view, name="teach_lesson_attach"),
    path("rules/", teach_quizzes.quiz_rules_view, name="teach_quiz_rules"),
    path("bank/", teach_questions.bank_view, name="teach_bank"),
    path("bank/<uuid:question>/", teach_questions.add_item_view, name="teach_item_add"),
    path("draws/new/", teach_questions.new_draw_view, name="teach_draw_new"),
    path("sections/new/", teach_questions.new_section_view, name="teach_section_new"),
    path("sections/<int:section>/", teach_questions.edit_section_view, name="teach_section"),
    re_path(
        f"^sections/(?P<section>[0-9]{{1,18}})/{CHANGE}",
        teach_questions.change_section_view,
        name="teach_section_change",
    ),
    path("questions/new/<slug:kind>/", teach_questions.new_question_view, name="teach_question_new"),
    path("questions/<int:item>/", teach_questions.edit_item_view, name="teach_item"),
    re_path(f"^questions/(?P<item>[0-9]{{1,18}})/{CHANGE}", teach_questions.change_item_view, name="teach_item_change"),
]

bank = [
    path("", teach_bank.bank_list_view, name="bank_list"),
    path("move/", teach_bank.bank_move_view, name="bank_move"),
    path("new/<slug:kind>/", teach_bank.question_create_view, name="bank_question_new"),
    path("files/", teach_question_files.question_files_view, name="question_files"),
    path("files/order/", teach_question_files.question_order_view, name="question_order"),
    path("files/samples/<slug:form>/", teach_question_files.question_sample_view, name="question_sample"),
    path("files/<uuid:uuid>/", teach_question_files.question_file_view, name="question_file"),
    path("files/<uuid:uuid>/take/", teach_question_files.question_file_take_view, name="question_file_take"),
    path("files/<uuid:uuid>/losses/", teach_question_files.question_file_losses_view, name="question_file_losses"),
    path("files/<uuid:uuid>/result/", teach_question_files.question_file_result_view, name="question_file_result"),
    path("folders/", teach_bank.folder_list_view, name="bank_folders"),
    path("folders/<uuid:uuid>/", teach_bank.folder_view, name="bank_folder"),
    path("folders/<uuid:uuid>/remove/", teach_bank.folder_remove_view, name="bank_folder_remove"),
    path("<uuid:uuid>/", teach_bank.question_view, name="bank_question"),
    path("<uuid:uuid>/edit/", teach_bank.question_edit_view, name="bank_question_edit"),
    path("<uuid:uuid>/duplicate/", teach_bank.question_duplicate_view, name="bank_question_duplicate"),
    path("<uuid:uuid>/<slug:change>/", teach_bank.question_change_view, name="bank_question_change"),
]

urlpatterns = [
    path("learn/", player.home_view, name="home"),
    path("learn/<uuid:enrollment>/", player.player_view, name="player"),
    path("learn/<uuid:enrollment>/notes/", notes.course_notes_view, name="notes"),
    path("learn/<uuid:enrollment>/notes/text/", notes.notes_text_view, name="notes_text"),
    path("learn/<uuid:enrollment>/notes/<uuid:uuid>/remove/", notes.remove_note_view, name="note_remove"),
    path("learn/<uuid:enrollment>/<uuid:lesson>/", include(lesson)),
    path("pictures/<uuid:uuid>/", teach_bank.picture_view, name="bank_picture"),
    path("teach/", teach_courses.home_view, name="teach_home"),
    path("teach/comments/<uuid:uuid>/<slug:change>/", teach_reviews.comment_change_view, name="teach_comment_change"),
    path("teach/pictures/", teach_media.new_picture_view, name="teach_picture_new"),
    path("teach/formulas/", teach_media.formula_view, name="teach_formula"),
    path("teach/attachments/<uuid:uuid>/", teach_media.attachment_view, name="teach_attachment"),
    path("teach/attachments/<uuid:uuid>/remove/", teach_media.detach_view, name="teach_attachment_remove"),
    path("teach/bank/", include(bank)),
    path("teach/courses/", include(courses)),
    path("teach/versions/<uuid:uuid>/", include(version)),
    path("teach/modules/<uuid:uuid>/", include(module)),
    path("teach/lessons/<uuid:uuid>/", include(teach_lesson)),
    path("teach/groups/<uuid:uuid>/quizzes/", teach_quizzes.group_quizzes_view, name="teach_group_quizzes"),
    path("teach/groups/<uuid:uuid>/quizzes/<uuid:lesson>/", teach_quizzes.quiz_window_view, name="teach_quiz_window"),
    path(
        "teach/groups/<uuid:uuid>/quizzes/<uuid:lesson>/grade/",
        teach_marking.marking_begin_view,
        name="teach_marking_begin",
    ),
    path("teach/marking/", teach_marking.marking_view, name="teach_marking"),
    path("teach/marking/<int:answer>/", teach_marking.mark_view, name="teach_mark"),
    path("teach/marking/<int:answer>/file/", teach_marking.answer_file_view, name="teach_answer_file"),
    path("teach/enrollments/<uuid:uuid>/time/", teach_quizzes.extra_time_view, name="teach_extra_time"),
]
