"""The REST interface to households, residents, wishes, cohorts, referrals, enrollments and outcomes."""

from ninja import Router

from enrollment.api import intake

router = Router()
router.add_router("", intake.router)
