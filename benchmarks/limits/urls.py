"""The project's addresses, and below /limits/ the least that each measured page could be."""

from django.urls import include, path

from benchmarks.limits import answer, page, report, statistics

urlpatterns = [
    path("limits/answer/", answer.answer_view),
    path("limits/page/catalogue/", page.catalogue_view),
    path("limits/page/course/<slug:slug>/", page.course_view),
    path("limits/page/home/", page.home_view),
    path("limits/page/lesson/<uuid:enrollment>/<uuid:lesson>/", page.lesson_view),
    path("limits/page/referrals/", page.referrals_view),
    path("limits/report/completion/<uuid:cohort>/", report.completion_view),
    path("limits/report/gradebook/<uuid:cohort>/", report.gradebook_view),
    path("limits/statistics/<str:page>/", statistics.statistics_view),
    path("", include("lms.urls")),
]
