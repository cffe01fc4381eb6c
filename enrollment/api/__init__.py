"""The REST interface to the way, from the household to the outcome, and to mandatory training."""

from ninja import Router

from enrollment.api import cohorts, enrollments, imports, intake, lookups, referrals, training

router = Router()
for part in (intake, cohorts, referrals, enrollments, training, imports, lookups):
    router.add_router("", part.router)
