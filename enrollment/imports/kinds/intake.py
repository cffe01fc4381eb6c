"""Rows about residents: found again or written down, with their households, before anything else is said of them.

A person is found by Malaka's id, by PINFL, by the number in the sender's register; else folded name, birth date and
mahalla make a *possible* duplicate, which counts as wrong unless the row says nothing that is not known already, or
says that it is another person.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mahalla, Person, User
from accounts.pinfl import Pinfl
from accounts.services.many_people import change_people, create_people
from accounts.services.people import keys_of, pinfl_fields
from base.errors import DomainError, InvalidInput
from base.folding import fold
from enrollment import rules
from enrollment.imports.columns import Choices
from enrollment.imports.kind import Key, Kind, named_choices
from enrollment.imports.kinds.known import Home, Known, Who, as_uuid, find_known, may_be_known
from enrollment.imports.kinds.people import gender_choices, mahalla_choices, yes_no_choices
from enrollment.imports.rows import Row, Verdict
from enrollment.models import Household, HouseholdCategory, Resident
from enrollment.queries.matching import Found, Match
from enrollment.services.duplicates import find_duplicates
from enrollment.services.many.residents import change_households, create_households, register_residents
from enrollment.services.residents import KnownElsewhere, ResidentKnown

NAMES = ("surname", "given_name", "patronymic")
PERSON = (*NAMES, "birth_date", "gender", "phone", "external_id")


class PossibleDuplicate(DomainError):
    code = "possible-duplicate"


class NameDiffers(DomainError):
    code = "name-differs"


class IntakeKind(Kind):
    """Finds or plans the person of each row; a kind of its own adds what is said of the person."""

    def __init__(self, user: User | None) -> None:
        super().__init__(user)
        mahallas = self.lists["mahalla"].by_code.values()
        self.mahallas: dict[int, Mahalla] = {row.pk: row for row in mahallas}
        self.only_mahalla = next(iter(mahallas)) if len(self.mahallas) == 1 else None

    @staticmethod
    def may_send(user: User) -> bool:
        return rules.can_record_households(user)

    def load_lists(self) -> dict[str, Choices]:
        today = timezone.localdate()
        mahallas: Any = rules.mahallas_of_work(self.user) if self.user else Mahalla.objects.none()
        return {
            "gender": gender_choices(),
            "yes_no": yes_no_choices(),
            "mahalla": mahalla_choices(list(mahallas.valid_on(today).select_related("district__region"))),
            "category": named_choices(HouseholdCategory.objects.valid_on(today)),
        }

    # --- What the row itself says -----------------------------------------------------------------
    def say_who(self, row: Row) -> Who | None:
        """What a row that was read says of the person; None, with the refusal noted, where that does not fit together.

        What follows from the PINFL is added to the row's values.
        """
        values = row.values
        fields = {name: values[name] for name in PERSON if values.get(name)}
        if (pinfl := values.get("pinfl")) is not None:
            try:
                fields |= _of_pinfl(pinfl, fields)
            except InvalidInput as error:
                row.refuse(error)
                return None
        mahalla = values.get("mahalla") or self.only_mahalla
        who = Who(fields, keys=[(name, values[name]) for name in ("resident", "external_id") if values.get(name)])
        if "pinfl_hash" in fields:
            who.keys.insert(0, ("pinfl_hash", fields["pinfl_hash"]))
        if mahalla is None and "mahalla" not in row.cells and not values.get("resident"):
            row.refuse(InvalidInput(_("Say in which mahalla; you work for several."), code="required"), "mahalla")
        if "surname" in fields and "given_name" in fields:
            who.found_by = keys_of(fields)
        if not who.keys and not who.match_key:
            message = _("Say who it is: a PINFL, or surname, given name and date of birth.")
            row.refuse(InvalidInput(message, code="who"))
        if mahalla:
            who.home = Home(
                mahalla,
                category=values.get("category"),
                address=values.get("address", ""),
                external_id=values.get("household"),
            )
        return None if row.is_wrong else who

    def name_keys(self, who: Who) -> list[Key]:
        """By what a person without a number would be known again."""
        return [("name", who.match_key, who.home.mahalla.pk)] if who.home and who.match_key else []

    def loose_keys(self, who: Who) -> list[Key]:
        """By what it would be noticed that somebody is written down twice, as queries.duplicates does."""
        full = [("full", who.match_key, who.found_by["search_key"])] if who.fields.get("patronymic") else []
        return [*self.name_keys(who), *full] if who.match_key else []

    def note_person(self, who: Who, row: int) -> None:
        self.seen.note(self.noted_keys(who, self.loose_keys(who)), row, _facts(who))

    def noted_keys(self, who: Who, loose: list[Key]) -> list[Key]:
        """Under what a row is remembered: by its name, but apart if it has Malaka's id, or no PINFL."""
        named = [("with-id", *key) for key in loose] if _has(who, "resident") else loose
        without = [] if _has(who, "pinfl_hash") else [("no-pinfl", *key) for key in named]
        return [*who.keys, *named, *without]

    def check_person_in_file(self, who: Who, row: int) -> None:
        """Raise where an earlier row says something else of the same person, or of the same household."""
        differs = _("Row %(row)d says something else of the same person.")
        self.seen.refuse_other(self.same_person_keys(who), row, _facts(who), differs)

    def same_person_keys(self, who: Who) -> list[Key]:
        """Keys by which an earlier row was about the same person; two ids or PINFLs are two people of whatever name."""
        named = self.name_keys(who)
        if not _has(who, "resident"):
            named = [*named, *(("with-id", *key) for key in named)]
        return who.keys + ([("no-pinfl", *key) for key in named] if _has(who, "pinfl_hash") else named)

    def check_home_in_file(self, row: Row, who: Who) -> None:
        if who.home and who.home.external_id and who.home.category:
            key = ("household", who.home.external_id)
            facts = (who.home.mahalla.pk, who.home.category.pk)
            message = _("Row %(row)d says another category or mahalla of the same household.")
            self.seen.refuse_other([key], row.number, facts, message)
            self.seen.note([key], row.number, facts)

    # --- A chunk ------------------------------------------------------------------------------------
    def recall(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if who := self.say_who(row):
                self.check_home_in_file(row, who)
                self.note_row(row, who)

    def judge(self, rows: Sequence[Row], *, lock: bool) -> None:
        said = [(row, who) for row in rows if not row.is_wrong and (who := self.say_who(row))]
        said = self.gather(said)
        everybody = list(dict.fromkeys(who for _row, who in said))
        known = find_known(everybody, lock=lock)
        self.find_more([person.pk for person in known.people.values()])
        for row, who in said:
            try:
                self.check_in_file(row, who)
                self.check_home_in_file(row, who)
                if not who.is_settled:
                    self.settle(row, who, known)
                    who.is_settled = True
                row.plan, row.verdict = who, self.judge_row(row, who)
            except DomainError as error:
                row.refuse(error)
                continue
            self.note_row(row, who)
        if not lock:
            self.count_possible_duplicates(row for row in rows if not row.is_wrong)

    def count_possible_duplicates(self, rows: Iterable[Row]) -> None:
        """Count the new people who may be somebody that is written down, or another of the file."""
        fresh: dict[Who, int] = {}
        for row in rows:
            if row.plan.person is None:
                fresh.setdefault(row.plan, row.number)
        doubtful = {*may_be_known([*fresh])}
        self.possible_duplicates = 0
        for who, number in fresh.items():
            loose = self.loose_keys(who)
            keys = [("no-pinfl", *key) for key in loose] if "pinfl_hash" in who.fields else loose
            if who in doubtful or self.seen.differs(keys, number, _facts(who)):
                self.possible_duplicates += 1

    def gather(self, said: list[tuple[Row, Who]]) -> list[tuple[Row, Who]]:
        """Rows of a chunk that are about one person share it; how a row tells of another is asked later."""
        here: dict[Key, Who] = {}
        gathered = []
        for row, who in said:
            keys = [] if row.values.get("is_another") else self.same_person_keys(who)
            one = next((here[key] for key in keys if key in here and _facts(here[key]) == _facts(who)), who)
            for key in self.noted_keys(who, self.name_keys(who)):
                here.setdefault(key, one)
            gathered.append((row, one))
        return gathered

    def note_row(self, row: Row, who: Who) -> None:
        """Remember what a good row said."""
        self.note_person(who, row.number)

    def check_in_file(self, row: Row, who: Who) -> None:
        """Raise where an earlier row stands against this one."""
        self.check_person_in_file(who, row.number)

    def find_more(self, people: Sequence[int]) -> None:
        """Read what else the rows of a chunk are judged by, about these people."""

    def judge_row(self, row: Row, who: Who) -> Verdict:
        """What a row does, now that its person is settled. Raises DomainError."""
        return who.verdict

    def write(self, rows: Sequence[Row]) -> None:
        self.write_people(row.plan for row in rows)

    # --- What follows -------------------------------------------------------------------------------
    def settle(self, row: Row, who: Who, known: Known) -> None:
        """Say whether the person is known, and what is to be written. Raises DomainError."""
        found = known.matches[id(who)]
        person = self._known_person(row, who, found, known)
        resident = known.residents.get(person.pk) if person else self._namesake(row, who, found, known)
        if resident:
            self._settle_resident(who, person or resident.person, resident, known)
            return
        if person:
            if who.found_by and person.search_key != who.found_by["search_key"]:
                raise KnownElsewhere
            who.person = person
        missing = [name for name in ("surname", "given_name") if name not in who.fields] if not person else []
        if missing:
            message = _("Nobody with this number is known, so the name is needed.")
            raise InvalidInput(message, field=missing[0], code="required")
        self._settle_new_home(who, known)

    def _known_person(self, row: Row, who: Who, found: Match, known: Known) -> Person | None:
        if found.found == Found.CONTRADICTORY:
            message = _("The numbers of this row belong to two different people.")
            raise InvalidInput(message, field="pinfl", code="numbers-differ")
        if found.found != Found.KNOWN and row.values.get("resident"):
            raise InvalidInput(_("There is no resident with this id here."), field="resident", code="unknown")
        return known.people[found.person_id] if found.person_id else None

    def _namesake(self, row: Row, who: Who, found: Match, known: Known) -> Resident | None:
        """The resident of this name whom the row means for sure. Raises PossibleDuplicate where it may mean one."""
        if not found.possible or row.values.get("is_another"):
            return None
        first = known.residents[found.possible[0]]
        if len(found.possible) == 1 and not _adds_to(who, first.person):
            return first
        raise PossibleDuplicate(
            _(
                "A resident of this name and date of birth is written down in this mahalla. If it is the same, "
                "take Malaka’s id from the exported list; if not, say so in “Another person of the same name”."
            )
        )

    def _settle_resident(self, who: Who, person: Person, resident: Resident, known: Known) -> None:
        household = resident.household
        if resident.mahalla_id not in self.mahallas:
            raise KnownElsewhere
        who.person, who.resident = person, resident
        changes = {name: value for name, value in who.fields.items() if getattr(person, name) != value}
        if "pinfl_hash" not in changes:
            changes.pop("pinfl_cipher", None)
        if {"surname", "given_name"} <= set(changes) and _is_another_name(person, who):
            message = _("This number belongs to a resident of another name. Compare it with the document.")
            raise NameDiffers(message, field="surname")
        for name in {*NAMES} & set(changes):
            if fold(getattr(person, name)) == fold(changes[name]):
                del changes[name]  # it is only spelled otherwise
        who.changes = changes
        self._compare_home(who, household, known)

    def _compare_home(self, who: Who, household: Household, known: Known) -> None:
        home, given = who.home, who.home.external_id if who.home else None
        other = known.numbered.get(given) if given else None
        if home and (home.mahalla.pk != household.mahalla_id or (other and other.pk != household.pk)):
            raise ResidentKnown(_("This person is written down in another household."), field="household")
        if given and not other and household.external_id:
            raise ResidentKnown(_("This person is written down in another household."), field="household")
        who.home = home = home or Home(self.mahallas[household.mahalla_id])
        home.household = household
        if given and not other:
            home.changes["external_id"] = given
        if home.address and home.address != household.address:
            home.changes["address"] = home.address
        if home.category and home.category.pk != household.category_id:
            home.changes["category_id"] = home.category.pk

    def _settle_new_home(self, who: Who, known: Known) -> None:
        """The household into which a new resident comes: known by its number, by its address, or new."""
        home = who.home
        assert home, "a row without mahalla names a resident"
        if home.external_id and (household := known.numbered.get(home.external_id)):
            if household.mahalla_id != home.mahalla.pk:
                message = _("A household with this number is known in another mahalla.")
                raise InvalidInput(message, field="household", code="household-known")
            home.household = household
        elif home.external_id and as_uuid(home.external_id):
            raise InvalidInput(_("There is no household with this id here."), field="household", code="unknown")
        elif not home.external_id and home.address:
            there = known.addressed.get((home.mahalla.pk, home.address), [])
            if len(there) > 1:
                message = _("Several households have this address: give the number of the one that is meant.")
                raise InvalidInput(message, field="household", code="ambiguous")
            home.household = there[0] if there else None
        if home.household is None and home.category is None:
            raise InvalidInput(_("A household that is new needs a category."), field="category", code="required")

    # --- Writing --------------------------------------------------------------------------------------
    def write_people(self, everybody: Iterable[Who]) -> None:
        """Write what was settled; afterwards each has its resident."""
        people = list(dict.fromkeys(everybody))
        change_people([(who.person, who.changes) for who in people if who.person and who.changes], by=self.sender)
        homes = {who.home.household.pk: who.home for who in people if who.home and who.home.household}
        changed = {pk: (home.household, home.changes) for pk, home in homes.items() if home.household and home.changes}
        change_households([*changed.values()], by=self.sender)
        fresh = [who for who in people if who.resident is None]
        renamed = [who for who in people if who.changes]
        self._write_homes(fresh)
        self._write_persons([who for who in fresh if who.person is None])
        today = timezone.localdate()
        residents = []
        for who in fresh:
            assert who.person
            assert who.home
            assert who.home.household
            household = who.home.household
            who.resident = Resident(
                person=who.person, household=household, mahalla_id=household.mahalla_id, starts_on=today
            )
            residents.append(who.resident)
        register_residents(residents, by=self.sender)
        find_duplicates({who.person.match_key for who in (*fresh, *renamed) if who.person} - {""})

    def _write_homes(self, fresh: Sequence[Who]) -> None:
        made: dict[Any, Household] = {}
        for who in fresh:
            home = who.home
            if home is None or home.household:
                continue
            assert home.category
            key = home.external_id or (home.mahalla.pk, home.address or uuid4())
            if key not in made:
                made[key] = Household(
                    mahalla_id=home.mahalla.pk,
                    category_id=home.category.pk,
                    address=home.address,
                    external_id=home.external_id,
                )
            home.household = made[key]
        create_households([*made.values()], by=self.sender)

    def _write_persons(self, fresh: Sequence[Who]) -> None:
        for who in fresh:
            who.person = Person(**who.found_by, **who.fields)
        create_people([who.person for who in fresh if who.person], by=self.sender)


def _of_pinfl(pinfl: Pinfl, fields: dict[str, Any]) -> dict[str, Any]:
    return pinfl_fields(pinfl, {"birth_date": fields.get("birth_date"), "gender": fields.get("gender", "")})


def _has(who: Who, number: str) -> bool:
    return any(name == number for name, _value in who.keys)


def _facts(who: Who) -> tuple[Any, ...]:
    facts = {name: value for name, value in who.fields.items() if name != "pinfl_cipher"}
    return tuple(sorted((name, str(value)) for name, value in facts.items()))


def _adds_to(who: Who, person: Person) -> bool:
    """Whether a row says of a namesake what is not known: then it is for a human being to say who it is."""
    facts = {name: who.fields[name] for name in ("gender", "phone", "external_id", "pinfl_hash") if name in who.fields}
    patronymic = who.fields.get("patronymic")
    if patronymic and fold(patronymic) != fold(person.patronymic):
        return True
    return any(getattr(person, name) != value for name, value in facts.items())


def _is_another_name(person: Person, who: Who) -> bool:
    """Whether both surname and given name differ; one alone changes by marriage or was misspelled."""
    return all(fold(getattr(person, part)) != fold(who.fields[part]) for part in ("surname", "given_name"))
