"""The synthetic country that benchmarks of pages are run in; made once for a database."""

import os

from django.core.management import call_command

from accounts.models import Organization
from enrollment.models import Referral

REFERRALS = int(os.environ.get("BENCH_REFERRALS", "243000"))


def ensure_country() -> int:
    """Make it unless it is there; returns its number of referrals."""
    call_command("migrate", verbosity=0)
    if not Organization.objects.filter(code="SYN-A").exists():
        call_command("load_territory", verbosity=0)
        call_command("load_professions", verbosity=0)
        call_command("generate_country", referrals=REFERRALS, force=True)
    return Referral.objects.count()
