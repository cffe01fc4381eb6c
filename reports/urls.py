from django.urls import path

from reports.views import completion, plans, statistics, supply

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
    path("supply/plans/", plans.plan_list_view, name="plan_list"),
    path("supply/plans/new/", plans.plan_create_view, name="plan_create"),
    path("supply/plans/<uuid:uuid>/", plans.plan_detail_view, name="plan_detail"),
    path("supply/plans/<uuid:uuid>/table.<slug:form>", plans.plan_table_view, name="plan_table"),
    path("supply/plans/<uuid:uuid>/propose/", plans.plan_propose_view, name="plan_propose"),
    path("supply/plans/<uuid:uuid>/agree/", plans.plan_agree_view, name="plan_agree"),
    path("supply/plans/<uuid:uuid>/close/", plans.plan_close_view, name="plan_close"),
    path("supply/plans/<uuid:uuid>/lines/", plans.line_create_view, name="line_create"),
    path("supply/lines/<uuid:uuid>/", plans.line_edit_view, name="line_edit"),
    path("supply/lines/<uuid:uuid>/remove/", plans.line_remove_view, name="line_remove"),
    path("supply/lines/<uuid:uuid>/rows/", plans.line_rows_view, name="line_rows"),
]
