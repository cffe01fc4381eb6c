"""News of certificates, sent after commit."""

from django.dispatch import Signal

credential_issued = Signal()  # credential_id
credential_revoked = Signal()  # credential_id
