from django.urls import path

from reports.views import completion, statistics

app_name = "reports"
urlpatterns = [
    path("statistics/", statistics.statistics_view, name="statistics"),
    path("statistics/table.csv", statistics.statistics_csv_view, name="statistics_csv"),
    path("statistics/rows/", statistics.rows_view, name="rows"),
    path("statistics/completion/", completion.completion_view, name="completion"),
    path("statistics/completion/<slug:slug>/", completion.completion_course_view, name="completion_course"),
]
