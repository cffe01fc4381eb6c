"""News of the way, in two kinds.

`*_changed` is sent inside the transaction that changes the row, for what must be written with it (figures, notices), as
`cohort_copied` and `cohort_emptied` are;
`rows_changed` says the same of many rows that were written at once.
the others are sent after commit, for what starts work elsewhere.
"""

from django.dispatch import Signal

referral_changed = Signal()  # referral_id, move (the ReferralMove just written)
enrollment_changed = Signal()  # enrollment_id: its state or its certificate
outcome_changed = Signal()  # outcome_id
wish_changed = Signal()  # wish_id
cohort_changed = Signal()  # cohort_id: its state, dates or seats
cohort_copied = Signal()  # cohort, source, shift (a timedelta): the copy is written, its dates in apps above are not
cohort_emptied = Signal()  # cohort_id: everybody learns in another now, so that its coming classes are called off
rows_changed = Signal()  # sender: the model (Referral, Wish …), ids

referral_moved = Signal()  # referral_id, move_id
enrollment_moved = Signal()  # enrollment_id, move_id
seats_freed = Signal()  # cohort_id
completion_decided = Signal()  # completion_id
