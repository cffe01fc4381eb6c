"""The REST interface to households, residents, wishes, cohorts, referrals, enrollments and outcomes."""

from ninja import Router

from enrollment.api import cohorts, enrollments, imports, intake, lookups, referrals

router = Router()
for part in (intake, cohorts, referrals, enrollments, imports, lookups):
    router.add_router("", part.router)
