"""News of who works where.

`employment_changed` is sent inside the transaction that changes the row, for what must be noted with it.
"""

from django.dispatch import Signal

employment_changed = Signal()  # person_id: appointed, transferred, ended or corrected
