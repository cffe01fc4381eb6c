"""Who teaches and what: centres in every region, courses for trades and for civil servants."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle, islice

from accounts.models import District, Mahalla, Organization, Profession, Region
from base.folding import fold
from courses.models import Course, CourseVersion, Lesson
from courses.services.courses import create_course
from courses.services.outline import add_lesson, add_module
from courses.services.quizzes import add_quiz_question
from courses.services.versions import publish_version, submit_for_review
from enrollment.models import Cohort
from enrollment.services.cohorts import standing_cohort

TRADES = {
    "8153.10": ("Tikuvchilik", "Швейное дело", "Sewing", 8),
    "7212.24": ("Payvandlash", "Сварочное дело", "Welding", 10),
    "5120.3": ("Oshpazlik", "Поварское дело", "Cooking", 8),
    "5120.10": ("Qandolatchilik", "Кондитерское дело", "Confectionery", 6),
    "5141.5": ("Ayollar sartaroshligi", "Женская причёска", "Hairdressing for women", 6),
    "5141.6": ("Erkaklar sartaroshligi", "Мужская причёска", "Hairdressing for men", 4),
    "7512.30": ("Novvoylik", "Пекарское дело", "Baking", 4),
    "7412.95": ("Elektromontaj", "Электромонтаж", "Electrical fitting", 10),
    "7112.1": ("Gʻisht terish", "Кладка кирпича", "Bricklaying", 6),
    "7123.7": ("Suvoqchilik", "Штукатурное дело", "Plastering", 6),
    "7115.7": ("Duradgorlik", "Плотничье дело", "Carpentry", 8),
    "7126.18": ("Santexnika", "Сантехника", "Plumbing", 8),
    "6113.6": ("Bogʻbonlik", "Садоводство", "Gardening", 6),
    "6123.2": ("Asalarichilik", "Пчеловодство", "Beekeeping", 4),
    "7318.12": ("Gilam toʻqish", "Ковроткачество", "Carpet weaving", 10),
    "2411.2": ("Buxgalteriya hisobi", "Бухгалтерский учёт", "Bookkeeping", 8),
}
"""By profession: the course in Uzbek, Russian and English, and its weeks."""
SERVICE = {
    "Elektron hujjat": ("Электронный документ", "Electronic documents"),
    "Murojaatlar bilan ishlash": ("Работа с обращениями", "Answering citizens"),
    "Axborot xavfsizligi": ("Информационная безопасность", "Information security"),
}
CLASS_MINUTES = 240
REFERRALS_OF_A_CENTRE = 3_000
MOST_CENTRES = 84
COURSES_OF_A_CENTRE = 8


@dataclass
class Taught:
    """A published course with what rows about it need."""

    course: Course
    version: CourseVersion
    lessons: list[Lesson]
    weeks: int
    standing: Cohort | None = None


@dataclass
class Teaching:
    """Who teaches what, where; `by_region` gives the centres that serve a region."""

    academy: Organization
    offices: list[Organization]
    trades: list[Taught]
    service: list[Taught]
    by_region: dict[int, list[Organization]] = field(default_factory=dict)
    offers: dict[int, list[Taught]] = field(default_factory=dict)


def set_up_teaching(referrals: int) -> Teaching:
    """Make organizations and courses for so many referrals a year."""
    academy = _organization("academy", "SYN-A", "Sintetik akademiya", "Синтетическая академия", "Synthetic academy")
    regions = list(Region.objects.order_by("code"))
    offices = [
        _organization("hokimiyat", f"SYN-H{n:02}", f"{_uz(region)} hokimiyati (sintetik)", district=_capital(region))
        for n, region in enumerate(regions, start=1)
    ]
    teaching = Teaching(academy, offices, trades=_trades(academy), service=_service(academy))
    for n, district in enumerate(_districts_of_centres(regions, referrals), start=1):
        kind = "mono-centre" if n <= len(regions) else "provider"
        centre = _organization(kind, f"SYN-{n:03}", f"{_uz(district)} kasb markazi (sintetik)", district=district)
        teaching.by_region.setdefault(district.region_id, []).append(centre)
        shift = n * 5 % len(teaching.trades)
        teaching.offers[centre.pk] = list(islice(cycle(teaching.trades), shift, shift + COURSES_OF_A_CENTRE))
    return teaching


def _districts_of_centres(regions: list[Region], referrals: int) -> list[District]:
    """One in each region, then where most mahallas are, as many as the referrals want."""
    wanted = max(len(regions), min(referrals // REFERRALS_OF_A_CENTRE, MOST_CENTRES))
    mahallas = Counter(Mahalla.objects.values_list("district", flat=True))
    capitals = [_capital(region) for region in regions]
    others = District.objects.filter(region__in=regions).exclude(pk__in=[district.pk for district in capitals])
    return (capitals + sorted(others, key=lambda district: (-mahallas[district.pk], district.code)))[:wanted]


def _capital(region: Region) -> District:
    """A city of the region where there is one."""
    district = region.districts.order_by("kind", "code").first()
    assert district, f"{region} has no district: run load_territory first"
    return district


def _uz(place: Region | District) -> str:
    return str(place.names["uz"])


def _organization(
    kind: str, code: str, uz: str, ru: str = "", en: str = "", district: District | None = None
) -> Organization:
    names = {language: name for language, name in (("uz", uz), ("ru", ru), ("en", en)) if name}
    return Organization.objects.create(
        kind=kind,
        code=code,
        names=names,
        search_key=fold(" ".join(names.values())),
        district=district,
        signatory="S. Sinov",
    )


def _trades(provider: Organization) -> list[Taught]:
    professions = Profession.objects.in_bulk(list(TRADES), field_name="code")
    return [
        _course(provider, (uz, ru, en), weeks=weeks, profession=professions.get(code))
        for code, (uz, ru, en, weeks) in TRADES.items()
    ]


def _service(provider: Organization) -> list[Taught]:
    return [_course(provider, (uz, ru, en), weeks=0) for uz, (ru, en) in SERVICE.items()]


def _course(
    provider: Organization, names: tuple[str, str, str], *, weeks: int, profession: Profession | None = None
) -> Taught:
    """A small course: a page, two classes on site (on-line courses: two more pages), a quiz that is graded."""
    uz, ru, en = names
    course = create_course(
        provider=provider,
        title={"uz": f"{uz} (sintetik)", "ru": f"{ru} (синтетический)", "en": f"{en} (synthetic)"},
        summary={"uz": "Oʻlchash uchun tuzilgan kurs.", "en": "A course made for measuring."},
        hours=weeks * 18 or 12,
        profession=profession,
        self_paced=not weeks,
        min_grade=Decimal(55),
        min_attendance=Decimal("0.7") if weeks else None,
        by=None,
    )
    version = course.versions.get()
    module = add_module(version, title={"uz": "Asosiy qism"}, by=None)
    page = {"uz": "<p>Mehnat xavfsizligi qoidalari bilan tanishing.</p>"}
    add_lesson(module, kind="page", title={"uz": "Kirish"}, body=page, minutes=30, by=None)
    for n in (1, 2):
        kind, minutes = ("on-site", CLASS_MINUTES) if weeks else ("page", 45)
        add_lesson(module, kind=kind, title={"uz": f"{n}-mashgʻulot"}, body=page, minutes=minutes, by=None)
    quiz = add_lesson(
        module, kind="quiz", title={"uz": "Yakuniy sinov"}, weight=Decimal(1), pass_score=Decimal(55), by=None
    )
    add_quiz_question(
        quiz, kind="true-false", content={"text": {"uz": "Ishdan oldin asbob tekshiriladi."}, "answer": True}, by=None
    )
    submit_for_review(version, by=None)
    version = publish_version(version, by=None)
    course.refresh_from_db()
    # Publishing asks for the standing cohort after commit; it is needed now.
    return Taught(course, version, list(version.lessons.all()), weeks, None if weeks else standing_cohort(course))
