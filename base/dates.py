"""Dates in the five languages, from tables of our own: Django has no month names for two of them."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import get_language

MONTHS = {
    "uz": "Yanvar Fevral Mart Aprel May Iyun Iyul Avgust Sentabr Oktabr Noyabr Dekabr",
    "uz-cyrl": "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
    "kaa": "Yanvar Fevral Mart Aprel May Iyun Iyul Avgust Sentyabr Oktyabr Noyabr Dekabr",
    "ru": "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
    "en": "January February March April May June July August September October November December",
}
MONTHS_OF_DATES = {
    "uz": "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "uz-cyrl": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "kaa": "yanvar fevral mart aprel may iyun iyul avgust sentyabr oktyabr noyabr dekabr",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": MONTHS["en"],
}
LONG_DATES = {
    "uz": "{year}-yil {day}-{month}",
    "uz-cyrl": "{year} йил {day} {month}",
    "kaa": "{year}-jıl {day}-{month}",
    "ru": "{day} {month} {year} г.",
    "en": "{day} {month} {year}",
}
DEFAULT_LANGUAGE = "uz"


def month_name(month: int, language: str | None = None) -> str:
    """Return the name of month 1 to 12 as it stands alone, in `language` (the reader's unless named)."""
    return MONTHS[_known(language)].split()[month - 1]


def long_date(day: date, language: str | None = None) -> str:
    """Return the date in words, as on paper: "2026-yil 22-noyabr", "22 ноября 2026 г."."""
    code = _known(language)
    month = MONTHS_OF_DATES[code].split()[day.month - 1]
    return LONG_DATES[code].format(year=day.year, month=month, day=day.day)


def short_date(day: date) -> str:
    """Return the date as in lists, in every language: 22.11.2026."""
    return f"{day:%d.%m.}{day.year:04}"


def short_moment(moment: datetime) -> str:
    """Return the moment as in lists, by the clock of Tashkent: 22.11.2026 09:30."""
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"


def moment_at(day: date, hour: time) -> datetime:
    """Return the moment of a day by the clock of Tashkent."""
    return datetime.combine(day, hour, tzinfo=timezone.get_default_timezone())


def _known(language: str | None) -> str:
    code = language or get_language() or DEFAULT_LANGUAGE
    return code if code in MONTHS else DEFAULT_LANGUAGE
