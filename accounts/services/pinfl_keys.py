"""Bringing every stored PINFL to the current key."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Person
from accounts.pinfl import PinflUnreadable, cipher_head, decrypt_pinfl, encrypt_pinfl, hash_pinfl
from accounts.services import audit

CHUNK = 1000


def people_under_old_keys() -> QuerySet[Person]:
    """Whose PINFL is stored under another key than the current one."""
    return Person.objects.exclude(pinfl_cipher="").exclude(pinfl_cipher__startswith=f"{cipher_head()}.").order_by("pk")


def rotate_pinfl_key() -> Iterator[tuple[int, list[Person]]]:
    """Hash and encrypt anew what an earlier key made, a thousand at a time, each thousand in a transaction.

    Yields after each how many it brought over, and the people whose number stays as it is: no key reads it, or a
    record made since then has the same number (to be merged with it). Stopped and started again, it goes on.
    """
    last = 0
    while True:
        with transaction.atomic():
            people = list(people_under_old_keys().select_for_update(no_key=True).filter(pk__gt=last)[:CHUNK])
            if not people:
                return
            last = people[-1].pk
            done = _bring_over(people)
            Person.objects.bulk_update(done, ["pinfl_hash", "pinfl_cipher"], batch_size=200)
            if done:
                audit.record("person.pinfl-key-rotated", by=None, count=len(done))
        brought = set(done)
        yield len(done), [person for person in people if person not in brought]


def _bring_over(people: list[Person]) -> list[Person]:
    """Give people the hash and the cipher of the current key; return those who could get them."""
    digits = {}
    for person in people:
        try:
            digits[person] = decrypt_pinfl(person.pinfl_cipher)
        except PinflUnreadable:
            continue
    hashes = {person: hash_pinfl(number) for person, number in digits.items()}
    taken = set(Person.objects.filter(pinfl_hash__in=hashes.values()).values_list("pinfl_hash", flat=True))
    done = [person for person in hashes if hashes[person] not in taken]
    for person in done:
        person.pinfl_hash, person.pinfl_cipher = hashes[person], encrypt_pinfl(digits[person])
    return done
