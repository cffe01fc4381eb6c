"""Figures kept ready, and the plans that are made from them."""

from reports.models.rollups import AnswerDays, Cell, CompletionStatistics, DueCount, Rollup, RollupState
from reports.models.supply import Supply, SupplyDue

__all__ = [
    "AnswerDays",
    "Cell",
    "CompletionStatistics",
    "DueCount",
    "Rollup",
    "RollupState",
    "Supply",
    "SupplyDue",
]
