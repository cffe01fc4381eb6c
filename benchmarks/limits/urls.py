"""The project's addresses, and below /limits/ the least that each measured page could be."""

from django.urls import include, path

from benchmarks.limits import statistics

urlpatterns = [
    path("limits/statistics/<str:page>/", statistics.statistics_view),
    path("", include("lms.urls")),
]
