"""Figures kept ready, and the plans that are made from them."""

from reports.models.plans import PlanLine, PlanLineChange, PlanMove, TrainingPlan
from reports.models.rollups import AnswerDays, Cell, CompletionStatistics, DueCount, Rollup, RollupState
from reports.models.supply import Supply, SupplyDue

__all__ = [
    "AnswerDays",
    "Cell",
    "CompletionStatistics",
    "DueCount",
    "PlanLine",
    "PlanLineChange",
    "PlanMove",
    "Rollup",
    "RollupState",
    "Supply",
    "SupplyDue",
    "TrainingPlan",
]
