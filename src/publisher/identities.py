"""What tells who a patient is: names, numbers, addresses, institutions and days, as they are written in Chinese records.

Each function takes a text and yields what identifies in it, as it stands. None looks at anything but the text.
"""

import re
from collections.abc import Iterator
from datetime import date

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
COMPOUND = "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|东方|夏侯"
SURNAME = f"(?:{COMPOUND}|[{SURNAMES}])"
NO_NAMES = {"高龄", "高热", "高危", "白天", "方才", "常有", "任何", "文化", "金属", "马上", "易怒", "何时", "余无", "余可", "康复", "常规", "高血压"}
"""Words that begin like a name."""
NOT_SOMEBODY = "一些种个项时人处年月日类院医药位段节次例"
SEX_OR_AGE = r"(?=\s*[，,、（(]\s*(?:[男女]|\d{1,3}\s*岁))"

NAME = re.compile(
    rf"{SURNAME}某{{1,2}}(?![{NOT_SOMEBODY}])"
    rf"|(?<![\u3400-\u9fff]){SURNAME}(?:先生|女士|小姐|太太|大爷|大妈|阿姨|老伯)"
    rf"|(?<=患者){SURNAME}(?:先生|女士|小姐|太太|大爷|大妈|阿姨|老伯)"
    rf"|(?:患者|病人|病员|家属)?姓名(?:\s*[:：为是]\s*|\s+)[\u3400-\u9fffA-Za-z·]{{2,12}}"
    rf"|(?<=患者){SURNAME}[\u3400-\u9fff]{{1,2}}{SEX_OR_AGE}"
    rf"|(?<=患者)\s?[A-Z]{{2,4}}{SEX_OR_AGE}"
    rf"|(?<=患者)[\u3400-\u9fff]?[×xX*＊○]{{2,3}}(?![\d\u2070-\u209f])"
)
RESIDENT = re.compile(r"(?<!\d)([1-9]\d{5})[ -]?((?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))[ -]?(\d{3}[\dXx])(?![\dA-Za-z])")
OLD_RESIDENT = re.compile(r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
CONTACT = re.compile(
    r"(?<![\d.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d.])"
    r"|(?<![\d.])0\d{2,3}-\d{7,8}(?!\d)"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
    r"|(?:微信号?|QQ号?)\s*[:：]\s*[\w-]{5,20}"
)
RECORD_NUMBER = re.compile(
    r"(?:住院|病案|门诊|病历|病史|就诊卡|医保卡?|社保卡?|医疗卡|检查|影像|放射|超声|CT|MRI?|PET|病理|标本|条码|登记|急诊|护照|军官证|床)[号]\s*[:：为是]?\s*[A-Za-z]{0,4}[-－]?\d[\dA-Za-z-]*"
    r"|(?<!\d)\d{1,3}[A-Za-z]?床(?![旁边头上前位])"
    r"|病区\s*[+]?\d{1,3}床"
)
PLACES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|"
    "广州|深圳|南京|杭州|武汉|成都|西安|沈阳|济南|青岛|大连|长沙|郑州|合肥|南昌|福州|厦门|昆明|贵阳|南宁|海口|太原|石家庄|哈尔滨|长春|兰州|西宁|银川|乌鲁木齐|拉萨|呼和浩特|苏州|无锡|宁波|温州|徐州|烟台|佛山|东莞"
)
HOUSE = "医院|医学院|卫生院|医学中心|肿瘤中心|保健院|卫生服务中心|诊所"
HOSPITAL = re.compile(
    rf"(?:{PLACES})[\u3400-\u9fff]{{0,12}}?(?:{HOUSE})"
    rf"|[\u3400-\u9fff]{{1,4}}[省市县区州旗](?![级内立属域])[\u3400-\u9fff]{{0,10}}?(?:{HOUSE})"
    rf"|[\u3400-\u9fff]{{2,6}}大学[\u3400-\u9fff]{{0,12}}?(?:{HOUSE})"
    rf"|第[一二三四五六七八九十]{{1,2}}(?:人民|附属|中心|临床)?[\u3400-\u9fff]{{0,2}}医院"
    rf"|(?:[\u3400-\u9fff]{{0,4}}(?:人民|解放军)|协和|同济|华西|湘雅|瑞金|华山|齐鲁|西京|西南|盛京|邵逸夫|\d{{3}})医院"
)
ADDRESS = re.compile(
    rf"(?:(?:{PLACES})(?:省|市|自治区)?)?[\u3400-\u9fff]{{2,8}}(?:路|街|巷|弄|大道|胡同)\d+号(?:\d+[\u3400-\u9fff]?)*"
    r"|\d+\s?(?:号楼|栋|幢|座)\s?(?:\d+\s?单元)?\s?\d+\s?(?:室|号)?"
    rf"|(?:{PLACES})(?:省|市|自治区)[\u3400-\u9fff]{{1,7}}[市县区州旗盟](?!级)[\u3400-\u9fff]{{0,10}}?(?:[县区镇乡村]|街道|小区)"
    r"|[\u3400-\u9fff]{2,5}[县镇乡][\u3400-\u9fff]{1,6}村(?:\d+[组队号])?"
    r"|(?:家庭住址|现住址|家住|住址|籍贯)\s*[:：]?\s*[\u3400-\u9fff]{2,}[\u3400-\u9fff\d]*"
)
BIRTH = re.compile(r"(?:出生(?:日期|年月)?|生日|生于)\s*[:：于为]?\s*(?:19|20)\d{2}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?")
FULL_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?:[-./]\d{1,2}[-./]\d{1,2}(?!\d)|\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?[日号]|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d))"
    r"|(?<!\d)\d{1,2}/\d{1,2}/(?:19|20)\d{2}(?!\d)"
)
ODD_DATE = re.compile(
    r"(?<![\d.])(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\d.])"
    r"|(?<!\d)\d{1,2}/\d{1,2}/(?:19|20)\d{2}(?!\d)"
    r"|[一二]?[〇零一二三四五六七八九]{3}年?[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号]"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}"
)
"""Days in forms that are not rewritten: together, month first, in characters, in English."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def names(text: str) -> Iterator[str]:
    for match in NAME.finditer(text):
        if match[0] not in NO_NAMES:
            yield match[0].strip()


def resident_numbers(text: str) -> Iterator[tuple[str, bool]]:
    """Yield every number made like a resident's, and whether its last sign agrees with the others (GB 11643)."""
    for match in RESIDENT.finditer(text):
        if is_day(match[2]):
            digits = match[1] + match[2] + match[3].upper()
            yield match[0], check_sign(digits[:17]) == digits[17]
    for match in OLD_RESIDENT.finditer(text):
        if is_day(f"19{match[0][6:12]}"):
            yield match[0], True


def check_sign(digits: str) -> str:
    """Return the last sign of a resident number from its first seventeen digits (GB 11643, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def contacts(text: str) -> Iterator[str]:
    yield from (match[0] for match in CONTACT.finditer(text))


def record_numbers(text: str) -> Iterator[str]:
    yield from (match[0] for match in RECORD_NUMBER.finditer(text))


def hospitals(text: str) -> Iterator[str]:
    yield from (match[0] for match in HOSPITAL.finditer(text) if not re.search("当地|外地|上级", match[0]))


def addresses(text: str) -> Iterator[str]:
    yield from (match[0] for match in ADDRESS.finditer(text) if not re.search(HOUSE, match[0]))


def births(text: str) -> Iterator[str]:
    yield from (match[0] for match in BIRTH.finditer(text))


def odd_dates(text: str) -> Iterator[str]:
    yield from (match[0] for match in ODD_DATE.finditer(text))


def full_dates(text: str) -> Iterator[str]:
    yield from (match[0] for match in FULL_DATE.finditer(text))


def persons(text: str) -> Iterator[str]:
    """Yield everything that tells who somebody is, institutions and days aside."""
    yield from names(text)
    yield from (number for number, _ in resident_numbers(text))
    for find in (contacts, record_numbers, addresses, births):
        yield from find(text)
