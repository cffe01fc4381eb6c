"""People, their homes, wishes and posts."""

from dataclasses import dataclass
from random import Random

from accounts.models import Employment, Mahalla, Person
from accounts.models.people import match_key
from enrollment.models import Household, HouseholdCategory, HouseholdCategoryPeriod, Resident, Wish
from reports.management.country.bulk import Bulk
from reports.management.country.calendar import Calendar
from reports.management.country.names import Name, Names

SYNTHETIC = "synthetic-"
CATEGORIES = {"state-supported": 18, "poor": 30, "borderline": 25, "women-notebook": 12, "youth-notebook": 15}


@dataclass(frozen=True, slots=True)
class Someone:
    """A resident as later rows need one."""

    person_id: int
    resident_id: int
    name: Name
    gender: str
    mahalla_id: int
    district_id: int
    region_id: int
    category_id: int


class People:
    def __init__(self, calendar: Calendar, random: Random) -> None:
        self.calendar, self.random = calendar, random
        self.names = Names(random)
        self.mahallas = list(Mahalla.objects.order_by("code").values_list("pk", "district", "district__region"))
        codes = dict(HouseholdCategory.objects.values_list("code", "pk"))
        self.categories = [codes[code] for code in CATEGORIES]
        record = ("id", "uuid", "created_at", "updated_at")
        self.persons = Bulk(
            Person,
            *record,
            *("surname", "given_name", "patronymic", "search_key", "match_key", "birth_date", "gender"),
            *("pinfl_cipher", "phone", "email", "language", "external_id"),
        )
        self.households = Bulk(Household, *record, "mahalla", "category", "address", "external_id")
        self.periods = Bulk(HouseholdCategoryPeriod, "household", "category", "starts_on")
        self.residents = Bulk(Resident, *record, "person", "household", "mahalla", "starts_on")
        self.wishes = Bulk(
            Wish,
            *record,
            *("resident", "mahalla", "category", "kind", "profession", "course", "note", "said_on", "status"),
        )
        self.employments = Bulk(Employment, *record, "person", "organization", "post", "starts_on", "has_learned")

    @property
    def tables(self) -> list[Bulk]:
        return [self.persons, self.households, self.periods, self.residents, self.wishes, self.employments]

    def add_person(self, gender: str, at: str) -> tuple[int, Name]:
        name, n, random = self.names.make(gender), self.persons.next_id(), self.random
        born = f"{random.randrange(1966, 2009)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
        self.persons.add(
            f"{n}\t{random.getrandbits(128):032x}\t{at}\t{at}\t{name.surname}\t{name.given}\t{name.patronymic}\t"
            f"{name.key}\t{match_key(name.first_key, born)}\t{born}\t{gender}\t\t\t\tuz\t{SYNTHETIC}{n}"
        )
        return n, name

    def add_resident(self, day: int) -> Someone:
        """A person in a home of its own, recorded on that day."""
        random, at = self.random, self.calendar.morning(day)
        mahalla, district, region = random.choice(self.mahallas)
        category = random.choices(self.categories, weights=[*CATEGORIES.values()])[0]
        gender = "female" if random.random() < 0.62 else "male"
        person_id, name = self.add_person(gender, at)
        home, resident, since = self.households.next_id(), self.residents.next_id(), self.calendar.day(day)
        self.households.add(
            f"{home}\t{random.getrandbits(128):032x}\t{at}\t{at}\t{mahalla}\t{category}\t"
            f"Sinov koʻchasi, {random.randrange(1, 200)}-uy\t{SYNTHETIC}{home}"
        )
        self.periods.add(f"{home}\t{category}\t{since}")
        self.residents.add(
            f"{resident}\t{random.getrandbits(128):032x}\t{at}\t{at}\t{person_id}\t{home}\t{mahalla}\t{since}"
        )
        return Someone(person_id, resident, name, gender, mahalla, district, region, category)

    def add_wish(
        self, someone: Someone, day: int, *, kind: str, status: str, course: str = r"\N", profession: str = r"\N"
    ) -> int:
        n, at = self.wishes.next_id(), self.calendar.morning(day)
        self.wishes.add(
            f"{n}\t{self.random.getrandbits(128):032x}\t{at}\t{at}\t{someone.resident_id}\t{someone.mahalla_id}\t"
            f"{someone.category_id}\t{kind}\t{profession}\t{course}\t\t{self.calendar.day(day)}\t{status}"
        )
        return n

    def add_employee(self, organization_id: int, day: int) -> tuple[int, Name]:
        """Somebody who holds a post since that day, and learns."""
        at = self.calendar.morning(day)
        person_id, name = self.add_person("female" if self.random.random() < 0.35 else "male", at)
        self.employments.add(
            f"{self.employments.next_id()}\t{self.random.getrandbits(128):032x}\t{at}\t{at}\t{person_id}\t"
            f"{organization_id}\tBosh mutaxassis\t{self.calendar.day(day)}\t1"
        )
        return person_id, name
