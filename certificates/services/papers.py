"""The PDF of a certificate in the storage: made once, and again whenever it is not there."""

from django.core.files.base import ContentFile

from certificates.models import Credential
from certificates.rendering import render_certificate


def store_pdf(credential: Credential) -> Credential:
    """Make and store the PDF unless it is there.

    The row names a file only once it is whole; of two that were made at the same time one is thrown away.
    """
    storage, known = credential.pdf.storage, credential.pdf.name or ""
    if known and storage.exists(known):
        return credential
    path = f"certificates/{credential.year}/{credential.issuer_id}/{credential.code}.pdf"
    stored = storage.save(path, ContentFile(render_certificate(credential.words)))
    if not Credential.objects.filter(pk=credential.pk, pdf=known).update(pdf=stored):
        storage.delete(stored)
    credential.refresh_from_db(fields=["pdf"])
    return credential


def read_pdf(credential: Credential) -> bytes:
    """The PDF as stored; made again where the storage has lost it."""
    try:
        if credential.pdf:
            with credential.pdf.open() as file:
                return bytes(file.read())
    except FileNotFoundError:
        pass
    with store_pdf(credential).pdf.open() as file:
        return bytes(file.read())
