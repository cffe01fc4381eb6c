from django.urls import path

from reports.views import completion, statistics, supply

app_name = "reports"
urlpatterns = [
    path("statistics/", statistics.statistics_view, name="statistics"),
    path("statistics/table.csv", statistics.statistics_csv_view, name="statistics_csv"),
    path("statistics/rows/", statistics.rows_view, name="rows"),
    path("statistics/completion/", completion.completion_view, name="completion"),
    path("statistics/completion/<slug:slug>/", completion.completion_course_view, name="completion_course"),
    path("supply/", supply.supply_view, name="supply"),
    path("supply/table.<slug:form>", supply.supply_table_view, name="supply_table"),
    path("supply/rows/", supply.supply_rows_view, name="supply_rows"),
    path("supply/occupations/<str:code>/", supply.supply_trade_view, name="supply_trade"),
]
