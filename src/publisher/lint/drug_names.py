"""Rules on the names of drugs in words: misspelt, unknown, superseded. Names in the data are checked on reading."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from publisher.catalogue import Catalogue
from publisher.lint.doses import lexicon, mentions, named_drugs
from publisher.lint.gathered import gathered
from publisher.lint.record import Record
from publisher.problems import Severity
from publisher.rules import Finding, rule
from publisher.written import Written

HAN = re.compile(r"[\u3400-\u9fff]+")
LEAST = 3
"""Names shorter than this are not compared: too many words are near them."""


@lru_cache(maxsize=8)
def neighbours(catalogue: Catalogue) -> dict[str, list[tuple[str, int]]]:
    """Return, for every pair of characters, the drug names of Chinese characters that hold it, and where."""
    found = defaultdict(list)
    for drug in catalogue.drugs:
        for spelling in () if drug.unnamed else drug.spellings:
            if len(spelling) >= LEAST and HAN.fullmatch(spelling):
                for position in range(len(spelling) - 1):
                    found[spelling[position : position + 2]].append((str(spelling), position))
    return dict(found)


def one_apart(word: str, name: str) -> bool:
    """Tell whether a word becomes a name by one character put in, left out, changed, or by two neighbours changing places."""
    if word == name or abs(len(word) - len(name)) > 1:
        return False
    head = next((index for index, (one, other) in enumerate(zip(word, name, strict=False)) if one != other), min(len(word), len(name)))
    if len(word) == len(name):
        swapped = word[head : head + 2] == name[head : head + 2][::-1] and word[head + 2 :] == name[head + 2 :]
        return word[head + 1 :] == name[head + 1 :] or swapped
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return longer[head + 1 :] == shorter[head:]


RELEASES = {"缓", "控", "速", "即"}
"""First characters of 缓释, 控释, 速释: another of them is another preparation."""


def misshapen(word: str, name: str) -> bool:
    """Tell whether a word that holds a shorter name of the same drug has another salt or form than the long name has: 缓释斤, 盐酶."""
    changed = [pair for pair in zip(word, name, strict=False) if pair[0] != pair[1]]
    if name.endswith("注射液") and word.startswith(name[:-1]):
        return False  # 注射 is a verb as well: 地舒单抗注射不变
    return len(word) == len(name) and len(changed) == 1 and not set(changed[0]) <= RELEASES and bool(HAN.fullmatch(changed[0][0]))


@lru_cache(maxsize=8)
def ends(catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the drug names of three characters by their first and last: a slip in the middle leaves no pair."""
    found = defaultdict(list)
    for drug in catalogue.drugs:
        for spelling in () if drug.unnamed else drug.spellings:
            if len(spelling) == LEAST and HAN.fullmatch(spelling):
                found[spelling[0] + spelling[2]].append(str(spelling))
    return dict(found)


@gathered
def misspelt(record: Record) -> list[tuple[str, str, Written]]:
    """Return the words one character away from a drug name, each with the name and its scalar."""
    _, by_spelling = lexicon(record.catalogue)
    found = []
    for _, leaf, taken in named_drugs(record):
        for start, end, name in candidates(leaf, record.catalogue, taken):
            word = leaf[start:end]
            if HAN.fullmatch(word) and one_apart(word, name) and likely(word, name):
                others = [match.span() for match in taken if by_spelling[match[0]] is not by_spelling[name]]
                same = any(match.start() < start + len(word) and start < match.end() for match in taken if by_spelling[match[0]] is by_spelling[name])
                if (not same or misshapen(word, name)) and free(start, start + len(word), others):
                    found.append((word, name, leaf))
    return best(found)


def candidates(leaf: str, catalogue: Catalogue, taken: list[re.Match]) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches of a text that share a pair of characters with a drug name, and the name; what is a name already is passed over."""
    pairs, frames = neighbours(catalogue), ends(catalogue)
    done = {index for match in taken for index in range(match.start(), match.end() - 1)}
    for index in range(len(leaf) - 1):
        if index in done:
            continue
        for name, position in pairs.get(leaf[index : index + 2], ()):
            start = index - position
            for end in (start + len(name), start + len(name) - 1, start + len(name) + 1):
                if start >= 0:
                    yield start, end, name
        for name in frames.get(leaf[index] + leaf[index + 2 : index + 3], ()):
            yield index, index + LEAST, name


def free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """Tell whether a stretch is no known name: it may hold a shorter one, with two characters more at least."""
    return not any(begin < end and start < finish and not (start <= begin and finish <= end and end - start - (finish - begin) > 1) for begin, finish in taken)


def likely(word: str, name: str) -> bool:
    """Tell whether a word one apart is a slip of the name and no other word.

    Names of three characters are compared by change only, and a change must keep both ends of the name or its first two characters.
    """
    if len(name) == LEAST:
        return len(word) == LEAST and (word[:2] == name[:2] or (word[0], word[2]) == (name[0], name[2])) and not re.search("[的与和及类者后前中为是用]", word)
    if len(word) < len(name):
        return len(word) > LEAST or (word[0] == name[0] and word[-1] == name[-1])
    return word[0] == name[0] or word[1:] == name[1:] or len(name) > 4


def best(found: list[tuple[str, str, Written]]) -> list[tuple[str, str, Written]]:
    """Return one name a misspelt place: the word of equal length before others, the longer before the shorter."""
    kept: dict[tuple, tuple[str, str, Written]] = {}
    for word, name, leaf in found:
        key = (leaf.place, next((other for place, other in kept if place == leaf.place and (word in other or other in word)), word))
        before = kept.get(key)
        if not before or (len(word) == len(name), len(word)) > (len(before[0]) == len(before[1]), len(before[0])):
            kept[key] = (word, name, leaf)
    return list(kept.values())


@rule("RX-001", "case", source="本社药品词表")
def misspelt_drug(record: Record) -> Iterator[Finding]:
    """A word is one character away from the name of a drug.

    A misspelt drug may be read as another one.
    """
    groups = defaultdict(list)
    for word, name, leaf in misspelt(record):
        groups[(word, name)].append(leaf)
    for (word, name), leaves in groups.items():
        yield Finding(leaves[0], f"“{word}”疑为药名“{name}”，请核", word, "核对药名", tuple(leaves[1:]))


ENDINGS = "单抗|替尼|西利|他赛|膦酸|司琼|匹坦|曲唑|考酮|西泮|昔芬|司群|曲塞|洛芬|地平|沙坦|他滨|比星|拉唑|普兰|哌酮|洛尔|他汀|格列[净酮]"
DRUGLIKE = re.compile(ENDINGS)
BEFORE = re.compile(r"[\u3400-\u9fff]{1,4}$")
ORDINARY = re.compile(r"克隆|抗体|源单抗|双?单抗$|(?:[抗人类]|该|本|种|一|用|性)单抗$")


@rule("RX-002", "case", Severity.REVIEW, source="本社药品词表")
def unknown_drug(record: Record) -> Iterator[Finding]:
    """A word ends like a drug and is in no entry of the list of drugs.

    It is misspelt beyond one character, or the list must take it up.
    """
    slips = {word for word, _, _ in misspelt(record)}
    groups = defaultdict(list)
    for _, leaf, taken in named_drugs(record):
        for match in DRUGLIKE.finditer(leaf):
            before = BEFORE.search(leaf[: match.start()])
            word = before[0] + match[0] if before else ""
            inside = any(known.start() < match.end() <= known.end() or match.start() <= known.start() < match.end() for known in taken)
            if word and not inside and not ORDINARY.search(word) and not any(slip in word or word in slip for slip in slips):
                groups[word].append(leaf)
    for word, leaves in groups.items():
        yield Finding(leaves[0], f"“{word}”似为药名而不在药品词表中，请核", word, "核对药名，或补入 content/reference/drugs.yaml", tuple(leaves[1:]))


@rule("RX-003", "case", Severity.REVIEW, source="中国药品通用名称（国家药典委员会）")
def discouraged_name(record: Record) -> Iterator[Finding]:
    """A drug stands under a superseded, trivial or mistaken name.

    Readers search and order by the generic name approved in China.
    """
    groups = defaultdict(list)
    for mention in mentions(record):
        if mention.spelling in mention.drug.discouraged:
            groups[mention.drug.name].append(mention)
    for name, found in groups.items():
        places = tuple(mention.at for mention in found[1:])
        titles = tuple(treatment.regimen for treatment in record.case.treatments if treatment.regimen and found[0].spelling in treatment.regimen)
        yield Finding(found[0].at, f"“{found[0].spelling}”的通用名为“{name}”，请核", found[0].spelling, f"写作 {name}", (*places, *titles))
