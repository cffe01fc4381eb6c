"""Snapshots to render, in each language, and one with the longest of everything."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from certificates.snapshot import CertificateWords, Detail

ADDRESS = "https://malaka.example/verify/7K3QX9M2VH5RTC4WPBJ8/"

UZBEK = CertificateWords(
    code="7K3QX9M2VH5RTC4WPBJ8",
    number="YMM-2026-000147",
    language="uz",
    issued_on=date(2026, 11, 22),
    issuer="Yunusobod tumani “Ishga marhamat” monomarkazi",
    holder="Gʻaniyeva Oʻgʻiloy Toʻlqin qizi",
    course="Ayollar kiyimini modellashtirish va tikish: andozadan tayyor mahsulotgacha",
    hours=144,
    grade=Decimal("91.50"),
    profession_code="7531.4",
    title="Sertifikat",
    awarded_to="Ushbu sertifikat quyidagi shaxsga berildi:",
    achievement="U quyidagi oʻquv kursini toʻliq oʻzlashtirdi va yakuniy baholashdan oʻtdi:",
    details=(
        Detail(caption="Hajmi", value="144 soat"),
        Detail(caption="Yakuniy baho", value="91,5 / 100"),
        Detail(caption="Kasb", value="7531.4 Tikuvchi-modelyer"),
        Detail(caption="Taʼlim tili", value="Oʻzbek tili"),
    ),
    number_line="№ YMM-2026-000147",
    place_and_date="Toshkent shahri, 2026-yil 22-noyabr",
    signatory_post="Monomarkaz direktori",
    signatory_name="S. R. Qodirova",
    verify_note="Haqiqiyligini tekshirish uchun QR-kodni skanerlang yoki ushbu manzilni oching:",
    verify_url=ADDRESS,
)

CYRILLIC = replace(
    UZBEK,
    language="uz-cyrl",
    issuer="Юнусобод тумани “Ишга марҳамат” мономаркази",
    holder="Ғаниева Ўғилой Тўлқин қизи",
    course="Аёллар кийимини моделлаштириш ва тикиш: андозадан тайёр маҳсулотгача",
    title="Сертификат",
    awarded_to="Ушбу сертификат қуйидаги шахсга берилди:",
    achievement="У қуйидаги ўқув курсини тўлиқ ўзлаштирди ва якуний баҳолашдан ўтди:",
    details=(
        Detail(caption="Ҳажми", value="144 соат"),
        Detail(caption="Касб", value="7531.4 Тикувчи-модельер"),
    ),
    place_and_date="Тошкент шаҳри, 2026 йил 22 ноябрь",
    signatory_post="Мономарказ директори",
    signatory_name="С. Р. Қодирова",
    verify_note="Ҳақиқийлигини текшириш учун QR-кодни сканерланг ёки ушбу манзилни очинг:",
)

RUSSIAN = replace(
    UZBEK,
    language="ru",
    issuer="Академия государственной политики и управления",
    holder="Щербакова-Объедкова Ёлка Юрьевна",
    course="Электронный документооборот в местных органах власти",
    title="Сертификат",
    awarded_to="Настоящий сертификат выдан:",
    achievement="За успешное освоение курса и прохождение итоговой аттестации:",
    details=(Detail(caption="Объём", value="36 часов"),),
    place_and_date="г. Ташкент, 22 ноября 2026 г.",
    signatory_post="Проректор по учебной работе",
    signatory_name="Э. Ш. Цой",
    verify_note="Чтобы проверить подлинность, отсканируйте QR-код или откройте этот адрес:",
)

KARAKALPAK = replace(
    UZBEK,
    language="kaa",
    issuer="Nókis qalası “Isenim” kásip-óner orayı",
    holder="Ótegenova Ǵáwhar Ájiniyaz qızı",
    course="Ulıwma qurılıs jumısları: diywal órisharı hám sıbaw",
    title="Sertifikat",
    awarded_to="Usı sertifikat tómendegi adamǵa berildi:",
    achievement="Ol tómendegi oqıw kursın tolıq ózlestirdi:",
    details=(Detail(caption="Kólemi", value="96 saat"), Detail(caption="Kásip", value="7112.1 Ǵarǵıshı")),
    place_and_date="Nókis qalası, 2026-jıl 22-noyabr",
    signatory_post="Oray direktorı",
    signatory_name="Í. Úsenov",
    verify_note="Haqıyqıylıǵın tekseriw ushın QR-kodtı skanerleń yamasa usı mánzildi ashıń:",
)

REFORMED = replace(UZBEK, holder="Şavkatova Çaman Öğiloy Toʻğon qizi", signatory_name="Ö. Ğ. Şomurodov, Ş. Ç.")

LANGUAGES = [UZBEK, CYRILLIC, RUSSIAN, KARAKALPAK, REFORMED]

LONGEST = replace(
    UZBEK,
    issuer="Oʻzbekiston Respublikasi Kambagʻallikni qisqartirish va bandlik vazirligi huzuridagi Yunusobod tumani "
    "“Ishga marhamat” monomarkazi va uning Mirzo Ulugʻbek tumanidagi hududiy boʻlinmasi",
    holder="Abdurahmonova-Hojimuhammadova Muhabbatxonbegim " * 6,
    course="Kichik korxonalarda buxgalteriya hisobini yuritish, soliq hisobotlarini elektron topshirish va "
    "mehnat munosabatlarini rasmiylashtirish asoslari: amaliy mashgʻulotlar, hujjatlar namunalari bilan "
    "boyitilgan toʻliq kurs, qishloq joylarda yashovchi tadbirkorlar uchun qayta ishlangan nashr",
    details=tuple(
        Detail(caption="Mehnat bozoridagi kasb nomi", value="7531.4 Tikuvchi-modelyer va bichuvchi ustasi " * 2)
        for _ in range(4)
    ),
    signatory_post="Oʻquv ishlari boʻyicha direktor oʻrinbosari vazifasini bajaruvchi",
    signatory_name="Abdurahmonova-Hojimuhammadova M. A.",
    verify_url="https://certificates.a-very-long-name-of-a-ministry.example.uz/verify/7K3QX9M2VH5RTC4WPBJ8/",
)
