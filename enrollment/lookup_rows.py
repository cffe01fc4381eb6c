"""The rows that every installation starts with; platform admins add to them and end them from then on.

Categories: the three of the Social Register since February 2026, the three notebooks before it, and none of these.
Weights of the waiting lists: days of waiting that a fact is worth (docs/subsystems/waiting-list.md).
"""

from datetime import date, timedelta
from typing import Any

SOCIAL_REGISTER_SINCE = date(2026, 2, 1)

# The holidays of fixed day; those that follow the moon are added each year, when their days are announced.
HOLIDAYS: dict[tuple[int, int], dict[str, str]] = {
    (1, 1): {"uz": "Yangi yil", "ru": "Новый год", "en": "New Year"},
    (3, 8): {"uz": "Xotin-qizlar kuni", "ru": "Женский день", "en": "Women’s Day"},
    (3, 21): {"uz": "Navroʻz bayrami", "ru": "Праздник Навруз", "en": "Navruz"},
    (5, 9): {"uz": "Xotira va qadrlash kuni", "ru": "День памяти и почестей", "en": "Day of Remembrance and Honour"},
    (9, 1): {"uz": "Mustaqillik kuni", "ru": "День независимости", "en": "Independence Day"},
    (10, 1): {"uz": "Oʻqituvchi va murabbiylar kuni", "ru": "День учителя и наставника", "en": "Teachers’ Day"},
    (12, 8): {"uz": "Konstitutsiya kuni", "ru": "День Конституции", "en": "Constitution Day"},
}
HOLIDAY_YEARS = range(2026, 2031)


def holiday_rows() -> dict[str, dict[str, Any]]:
    """One row for each holiday of fixed day and year, by its date."""
    days = {date(year, *day): names for year in HOLIDAY_YEARS for day, names in HOLIDAYS.items()}
    return {
        day.isoformat(): {"names": names, "valid_from": day, "valid_until": day + timedelta(days=1)}
        for day, names in days.items()
    }


ROWS: dict[str, dict[str, dict[str, Any]]] = {
    "household-categories": {
        "state-supported": {
            "names": {
                "uz": "Davlat qaramogʻidagi oila",
                "ru": "Семья на попечении государства",
                "en": "State-supported family",
            },
            "valid_from": SOCIAL_REGISTER_SINCE,
        },
        "poor": {
            "names": {"uz": "Kambagʻal oila", "ru": "Бедная семья", "en": "Poor family"},
            "valid_from": SOCIAL_REGISTER_SINCE,
        },
        "borderline": {
            "names": {
                "uz": "Kambagʻallik chegarasidagi oila",
                "ru": "Семья на грани бедности",
                "en": "Family on the edge of poverty",
            },
            "valid_from": SOCIAL_REGISTER_SINCE,
        },
        "iron-notebook": {
            "names": {"uz": "Temir daftar", "ru": "Железная тетрадь", "en": "Iron notebook", "kaa": "Temir dápter"}
        },
        "women-notebook": {
            "names": {"uz": "Ayollar daftari", "ru": "Женская тетрадь", "en": "Women’s notebook"},
        },
        "youth-notebook": {
            "names": {"uz": "Yoshlar daftari", "ru": "Молодёжная тетрадь", "en": "Youth notebook"},
        },
        "no-register": {
            "names": {
                "uz": "Reyestrda turmaydi",
                "ru": "Не состоит в реестре",
                "en": "Not in a register",
            },
        },
    },
    "decline-reasons": {
        "no-seats": {"names": {"uz": "Boʻsh oʻrin yoʻq", "ru": "Нет свободных мест", "en": "No free seats"}},
        "course-not-taught": {
            "names": {
                "uz": "Bu kurs hozir oʻqitilmaydi",
                "ru": "Этот курс сейчас не ведётся",
                "en": "This course is not taught now",
            }
        },
        "requirements": {
            "names": {
                "uz": "Qabul talablariga mos kelmaydi",
                "ru": "Не соответствует требованиям приёма",
                "en": "Does not meet the entry requirements",
            }
        },
        "health": {
            "names": {
                "uz": "Sogʻligʻi bu kasbga toʻgʻri kelmaydi",
                "ru": "Состояние здоровья не подходит для профессии",
                "en": "Health does not allow this occupation",
            }
        },
        "wrong-details": {
            "names": {
                "uz": "Maʼlumotlar notoʻgʻri yoki toʻliq emas",
                "ru": "Данные неверны или неполны",
                "en": "The details are wrong or incomplete",
            }
        },
        "not-reached": {
            "names": {
                "uz": "Bogʻlanib boʻlmadi",
                "ru": "Не удалось связаться",
                "en": "Could not be reached",
            }
        },
        "other": {"names": {"uz": "Boshqa sabab", "ru": "Другая причина", "en": "Another reason"}},
    },
    "withdrawal-reasons": {
        "found-job": {"names": {"uz": "Ish topdi", "ru": "Нашёл работу", "en": "Found a job"}},
        "moved-away": {"names": {"uz": "Koʻchib ketdi", "ru": "Переехал", "en": "Moved away"}},
        "health": {"names": {"uz": "Sogʻligʻi sababli", "ru": "По состоянию здоровья", "en": "For health reasons"}},
        "family": {
            "names": {"uz": "Oilaviy sabablarga koʻra", "ru": "По семейным причинам", "en": "For family reasons"}
        },
        "changed-mind": {"names": {"uz": "Fikridan qaytdi", "ru": "Передумал", "en": "Changed one’s mind"}},
        "not-fitting": {
            "names": {
                "uz": "Bu oʻqish unga mos kelmaydi",
                "ru": "Это обучение ему не подходит",
                "en": "This training does not fit the person",
            }
        },
        "sent-elsewhere": {
            "names": {"uz": "Boshqa joyga yuborildi", "ru": "Направлен в другое место", "en": "Sent elsewhere"}
        },
        "no-show": {"names": {"uz": "Kelmadi", "ru": "Не явился", "en": "Did not come"}},
        "mistake": {
            "names": {"uz": "Xato kiritilgan", "ru": "Внесено по ошибке", "en": "Entered by mistake"},
        },
        "other": {"names": {"uz": "Boshqa sabab", "ru": "Другая причина", "en": "Another reason"}},
    },
    "outcome-kinds": {
        "permanent-job": {
            "names": {"uz": "Doimiy ish", "ru": "Постоянная работа", "en": "Permanent job"},
            "is_employment": True,
        },
        "self-employment": {
            "names": {"uz": "Oʻzini oʻzi band qilish", "ru": "Самозанятость", "en": "Self-employment"},
            "is_employment": True,
        },
        "own-business": {
            "names": {"uz": "Oʻz biznesi", "ru": "Собственное дело", "en": "Own business"},
            "answers_wish": "entrepreneurship",
        },
        "public-works": {
            "names": {
                "uz": "Haq toʻlanadigan jamoat ishlari",
                "ru": "Оплачиваемые общественные работы",
                "en": "Paid public works",
            }
        },
        "land": {"names": {"uz": "Yer ajratildi", "ru": "Выделена земля", "en": "Land"}},
        "loan": {"names": {"uz": "Kredit", "ru": "Кредит", "en": "Loan"}, "answers_wish": "loan"},
        "subsidy": {"names": {"uz": "Subsidiya", "ru": "Субсидия", "en": "Subsidy"}, "answers_wish": "subsidy"},
        "micro-project": {
            "names": {"uz": "Mikroloyiha", "ru": "Микропроект", "en": "Micro-project"},
            "answers_wish": "entrepreneurship",
        },
    },
    "exemption-reasons": {
        "parental-leave": {
            "names": {
                "uz": "Bola parvarishlash taʼtili",
                "ru": "Отпуск по уходу за ребёнком",
                "en": "Parental leave",
            }
        },
        "long-illness": {
            "names": {"uz": "Uzoq davom etgan kasallik", "ru": "Длительная болезнь", "en": "Long illness"}
        },
        "studies": {
            "names": {
                "uz": "Oʻqishda yoki uzoq xizmat safarida",
                "ru": "На учёбе или в длительной командировке",
                "en": "At studies or on a long mission",
            }
        },
        "learned-elsewhere": {
            "names": {
                "uz": "Boshqa joyda oʻqigan, hujjati bor",
                "ru": "Обучение пройдено в другом месте, есть документ",
                "en": "Learned elsewhere, with a document",
            }
        },
        "retiring": {
            "names": {"uz": "Nafaqaga chiqmoqda", "ru": "Выходит на пенсию", "en": "Retiring"},
        },
        "other": {"names": {"uz": "Boshqa sabab", "ru": "Другая причина", "en": "Another reason"}},
    },
    "report-reasons": {
        "insult": {"names": {"uz": "Haqorat yoki tahdid", "ru": "Оскорбление или угроза", "en": "Insult or threat"}},
        "advertising": {
            "names": {"uz": "Reklama yoki firibgarlik", "ru": "Реклама или мошенничество", "en": "Advertising or fraud"}
        },
        "personal-data": {
            "names": {
                "uz": "Birovning shaxsiy maʼlumotlari",
                "ru": "Чужие личные данные",
                "en": "Personal data of somebody",
            }
        },
        "answers": {
            "names": {
                "uz": "Sinov javoblari tarqatilgan",
                "ru": "Раскрыты ответы на тест",
                "en": "Answers to a quiz are given away",
            }
        },
        "off-topic": {"names": {"uz": "Mavzuga aloqasi yoʻq", "ru": "Не по теме", "en": "Off the subject"}},
        "other": {"names": {"uz": "Boshqa sabab", "ru": "Другая причина", "en": "Another reason"}},
    },
    "holidays": holiday_rows(),
    "waiting-weights": {
        "category-state-supported": {
            "names": {
                "uz": "Davlat qaramogʻidagi oila",
                "ru": "Семья на попечении государства",
                "en": "State-supported family",
            },
            "fact": "category",
            "category_id": "state-supported",
            "days": 90,
        },
        "category-poor": {
            "names": {"uz": "Kambagʻal oila", "ru": "Бедная семья", "en": "Poor family"},
            "fact": "category",
            "category_id": "poor",
            "days": 60,
        },
        "category-borderline": {
            "names": {
                "uz": "Kambagʻallik chegarasidagi oila",
                "ru": "Семья на грани бедности",
                "en": "Family on the edge of poverty",
            },
            "fact": "category",
            "category_id": "borderline",
            "days": 30,
        },
        "category-iron-notebook": {
            "names": {"uz": "Temir daftar", "ru": "Железная тетрадь", "en": "Iron notebook"},
            "fact": "category",
            "category_id": "iron-notebook",
            "days": 60,
        },
        "category-women-notebook": {
            "names": {"uz": "Ayollar daftari", "ru": "Женская тетрадь", "en": "Women’s notebook"},
            "fact": "category",
            "category_id": "women-notebook",
            "days": 30,
        },
        "category-youth-notebook": {
            "names": {"uz": "Yoshlar daftari", "ru": "Молодёжная тетрадь", "en": "Youth notebook"},
            "fact": "category",
            "category_id": "youth-notebook",
            "days": 30,
        },
        "declined": {
            "names": {"uz": "Avval rad etilgan", "ru": "Ранее отклонён", "en": "Declined before"},
            "fact": "declined",
            "days": 15,
            "at_most": 3,
        },
        "own-district": {
            "names": {
                "uz": "Markaz tumanida yashaydi",
                "ru": "Живёт в районе центра",
                "en": "Lives in the district of the centre",
            },
            "fact": "own-district",
            "days": 14,
        },
        "own-region": {
            "names": {
                "uz": "Markaz viloyatida yashaydi",
                "ru": "Живёт в области центра",
                "en": "Lives in the region of the centre",
            },
            "fact": "own-region",
            "days": 7,
        },
    },
    "evaluation-questions": {
        "content-useful": {
            "names": {
                "uz": "Oʻrganganlarim ishimda yoki kasbimda asqotadi.",
                "ru": "То, чему я научился, пригодится в работе.",
                "en": "What I learned is of use in my work.",
            },
            "position": 1,
        },
        "explained-clearly": {
            "names": {
                "uz": "Oʻqituvchi tushunarli tushuntirdi.",
                "ru": "Преподаватель объяснял понятно.",
                "en": "The instructor explained clearly.",
            },
            "position": 2,
        },
        "practice-enough": {
            "names": {
                "uz": "Amaliy mashgʻulotlar yetarli boʻldi.",
                "ru": "Практики было достаточно.",
                "en": "There was enough practice.",
            },
            "position": 3,
        },
        "place-and-tools": {
            "names": {
                "uz": "Oʻqish joyi, jihoz va materiallar yaxshi edi.",
                "ru": "Помещение, оборудование и материалы были хорошими.",
                "en": "The place, the tools and the materials were good.",
            },
            "position": 4,
        },
        "would-recommend": {
            "names": {
                "uz": "Bu kursni boshqalarga tavsiya qilaman.",
                "ru": "Я посоветую этот курс другим.",
                "en": "I would recommend this course to others.",
            },
            "position": 5,
        },
    },
}
