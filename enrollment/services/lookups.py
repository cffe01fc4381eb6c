"""Filling the lists that laws change."""

from base.folding import fold
from enrollment.lookup_rows import ROWS
from enrollment.models import WaitingWeight
from enrollment.models.lookups import Lookup
from enrollment.queries.lookups import KINDS

MODELS: dict[str, type[Lookup]] = KINDS | {"waiting-weights": WaitingWeight}


def load_lookups() -> int:
    """Add the rows that every installation starts with, and return how many were new; what is there stays as it is."""
    added = 0
    for kind, rows in ROWS.items():
        model = MODELS[kind]
        known = set(model._default_manager.values_list("code", flat=True))
        fresh = [
            model(code=code, search_key=fold(" ".join(fields["names"].values())), **fields)
            for code, fields in rows.items()
            if code not in known
        ]
        added += len(model._default_manager.bulk_create(fresh))
    return added
