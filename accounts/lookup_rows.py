"""The post categories that every installation starts with; platform admins add to them and end them from then on."""

ROWS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "leader": (
        {"uz": "Rahbar va uning oʻrinbosarlari", "ru": "Руководитель и его заместители", "en": "Leader and deputies"},
        ("vazir", "hokim", "rais", "rahbar", "direktor", "oʻrinbosar", "министр", "руководитель", "заместитель"),
    ),
    "unit-head": (
        {"uz": "Boʻlinma boshligʻi", "ru": "Начальник подразделения", "en": "Head of a unit"},
        (
            "boshligʻi",
            "boshligʻining oʻrinbosari",
            "mudir",
            "начальник",
            "заведующий",
            "заместитель начальника",
        ),
    ),
    "chief-specialist": (
        {
            "uz": "Bosh va yetakchi mutaxassis",
            "ru": "Главный и ведущий специалист",
            "en": "Chief and leading specialist",
        },
        (
            "bosh mutaxassis",
            "yetakchi mutaxassis",
            "bosh inspektor",
            "bosh hisobchi",
            "главный специалист",
            "ведущий специалист",
        ),
    ),
    "specialist": (
        {"uz": "Mutaxassis", "ru": "Специалист", "en": "Specialist"},
        ("mutaxassis", "inspektor", "maslahatchi", "hisobchi", "hokim yordamchisi", "специалист", "инспектор"),
    ),
    "support": (
        {"uz": "Yordamchi xodim", "ru": "Вспомогательный персонал", "en": "Support staff"},
        ("kotib", "operator", "haydovchi", "ish yurituvchi", "секретарь", "оператор"),
    ),
}
