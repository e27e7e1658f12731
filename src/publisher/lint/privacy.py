"""Rules on privacy: nothing in the sources may tell who a patient is (Personal Information Protection Law of China, articles 28–29).

The volume's `privacy` says what its patients have agreed to; dates are rewritten by `compose/dates.py`, here only what that
cannot rewrite is found.
"""

from collections.abc import Iterator
from functools import lru_cache

from publisher import identities
from publisher.catalogue import Catalogue
from publisher.collection import VolumeSource
from publisher.lint.record import Record
from publisher.lint.text import repeats
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written, leaves

PIPL = "《中华人民共和国个人信息保护法》（2021）第二十八、二十九条"
ICMJE = "ICMJE Recommendations (2024), II.E.1 Patients and Study Participants"
OLDEST = 89
"""Years; of older people there are so few that the age alone may tell who it is (45 CFR 164.514(b)(2)(i)(C))."""
OMIT = "删去，或改作“患者”"


def printed(source: VolumeSource) -> Iterator[Written]:
    """Yield every scalar of a volume that is printed in its own right."""
    for tree in (*source.trees.values(), *source.other_trees):
        yield from (leaf for path, leaf in leaves(tree) if not repeats(path))


@lru_cache(maxsize=200_000)
def names(text: str) -> tuple[str, ...]:
    """Return the names in a text; the same text is read once in the life of the program."""
    return tuple(identities.names(text))


@rule("PRV-001", "volume", source=ICMJE)
def name_of_a_patient(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """A name of a patient is printed, whole, masked or as initials.

    A surname with 某某 still narrows the circle to a family. A volume whose patients have agreed in writing says `names:
    as-written` under `privacy`.
    """
    if source.volume.privacy.names == "omit":
        for leaf in printed(source):
            for found in names(leaf):
                yield Finding(leaf, "印有患者姓名或其一部分", found, OMIT)


@rule("PRV-002", "text", source=PIPL)
def resident_number(text: str) -> Iterator[tuple[str, str, str]]:
    """A resident identity number is printed.

    A number whose last sign is wrong is a copying fault and identifies all the same (GB 11643).
    """
    for found, right in identities.resident_numbers(text):
        yield "印有居民身份证号", found, "删去" if right else "删去；末位校验码不合，多为抄错一位，仍可识别本人"


@rule("PRV-003", "text", source=PIPL)
def contact(text: str) -> Iterator[tuple[str, str, str]]:
    """A telephone number, an e-mail address or an account is printed."""
    for found in identities.contacts(text):
        yield "印有电话、邮箱或帐号", found, "删去"


@rule("PRV-004", "text", source=PIPL)
def record_number(text: str) -> Iterator[tuple[str, str, str]]:
    """A number of the hospital's own is printed: admission, record, specimen, study, bed."""
    for found in identities.record_numbers(text):
        yield "印有住院号、检查号或床号", found, "删去号码"


@rule("PRV-005", "text", Severity.REVIEW, source=ICMJE)
def hospital(text: str) -> Iterator[tuple[str, str, str]]:
    """A hospital is named.

    With a date and a rare course of illness the institution narrows the circle to a few people. 当地医院 or 外院 says enough.
    """
    for found in identities.hospitals(text):
        yield "写明了医疗机构", found, "改作“当地医院”“外院”或“我院”"


@rule("PRV-006", "text", source=PIPL)
def address(text: str) -> Iterator[tuple[str, str, str]]:
    """A place of residence is printed more closely than the province."""
    for found in identities.addresses(text):
        yield "印有住址", found, "删去，或只留省份"


@rule("PRV-007", "volume", source=PIPL)
def day_that_stays(source: VolumeSource, catalogue: Catalogue) -> Iterator[Finding]:
    """A day is written in a form that the date policy of the volume cannot rewrite.

    Only asked where `privacy` has dates other than as written. 2021-06-15 and 2021年6月15日 are rewritten; 20210615,
    6/15/2021 and days in characters are not.
    """
    if source.volume.privacy.dates != "as-written":
        for tree in source.trees.values():
            for _, leaf in leaves(tree):
                for found in identities.odd_dates(leaf):
                    yield Finding(leaf, "日期的写法不能按本卷的隐私规定改写", found, "写作 2021-06-15 或 2021年6月15日")


@rule("PRV-008", "text", source=PIPL)
def day_of_birth(text: str) -> Iterator[tuple[str, str, str]]:
    """A day of birth is printed."""
    for found in identities.births(text):
        yield "印有出生日期", found, "改为年龄"


@rule("PRV-009", "case", Severity.REVIEW, source="45 CFR 164.514(b)(2)(i)(C)")
def rare_age(record: Record) -> Iterator[Finding]:
    """A patient is older than 89 and the age is printed to the year."""
    age = record.case.patient.age
    if record.case.patient.years > OLDEST:
        yield Finding(age, f"年逾 {OLDEST} 岁者人数很少，年龄本身可以识别本人", str(age), "写作 90岁以上")
