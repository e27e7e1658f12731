"""A draft case from a physician's manuscript: blocks -> YAML, and a report of what was understood.

Prose stays where it stood, word for word; what is also data is added as data. A figure that stands in the manuscript and would
not stand in the draft stops the import: nothing is lost.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from publisher.catalogue import Catalogue
from publisher.problems import Place, Problem, Rejected
from publisher.read_yaml import Reader
from publisher.workbench import recognised
from publisher.workbench.manuscript import Block, Heading, Paragraph, Table
from publisher.workbench.recognised import Words
from publisher.written import leaves

UNKNOWN = "【待归类】"
"""Stands before what was not understood."""

SECTIONS: tuple[tuple[str, str], ...] = (
    ("complaint", r"主诉"), ("present", r"现病史|病史(?:摘要|简介)?|病例(?:资料|介绍|摘要)|基本(?:信息|情况)|患者(?:信息|资料)"),
    ("past", r"既往史|个人史|家族史|婚育史|既往"), ("examination", r"体格检查|查体|专科检查|体检"),
    ("pathology", r"病理|活检|免疫组化|特殊染色"), ("genes", r"基因|分子检测|NGS"),
    ("labs", r"实验室|化验|检验|血常规|生化|肿瘤标[记志]物|骨代谢|电解质|蛋白电泳|凝血"),
    ("studies", r"影像|CT|MRI|骨显像|骨扫描|PET|X线|超声|胃镜|肠镜|内镜|辅助检查|检查"), ("diagnoses", r"诊断"),
    ("treatments", r"治疗(?:方案|经过|过程)?|方案|手术|放疗|化疗|用药"), ("follow_up", r"随访|转归|预后|结局"), ("responses", r"疗效|评价"),
    ("commentary", r"点评|讨论|体会|总结|分析|经验|启示|专家"),
)  # fmt: skip
"""Where the text under a heading belongs, by words in the heading; the first that fits."""


@dataclass
class Draft:
    """A case as far as it was understood, and what was not."""

    fields: dict[str, Any] = field(default_factory=dict)
    known: Counter[str] = field(default_factory=Counter)
    """How many of each kind of data were recognised."""
    unknown: list[str] = field(default_factory=list)
    """What was kept as text with a mark."""
    last_heading: str = ""
    """The heading under which text was last kept with a mark."""

    def add(self, name: str, *items: Any) -> None:
        self.fields.setdefault(name, []).extend(items)


@dataclass(frozen=True)
class Imported:
    yaml: str
    known: Counter[str]
    unknown: tuple[str, ...]
    figures: int
    """Figures of the manuscript, each of which stands in the draft."""


def imported(blocks: list[Block], catalogue: Catalogue, name: str, number: str) -> Imported:
    """Make a draft case called `name`. Raises Rejected when a figure would be lost."""
    words = Words(catalogue)
    draft = Draft()
    section, heading, title = "present", "", ""
    whole = "\n".join(text_of(block) for block in blocks)
    for block in blocks:
        if isinstance(block, Heading):
            if not title and block.level == 1:
                title = block.text
                continue
            belongs = section_of(block.text)
            if belongs is None and section != "commentary":
                belongs = "unknown"
            section, heading = belongs or section, block.text
            if section == "commentary":
                draft.add("commentary", {"heading": block.text, "text": []})
            else:
                note_heading(draft, section, heading)
            continue
        place(draft, block, section, heading, words)
    gather(draft, whole, words)
    text = written(draft, name, number, title or recognised_title(blocks))
    lost = Counter(recognised.figures(whole)) - Counter(figures_of(text, name))
    if lost:
        found = "、".join(f"{figure}×{count}" for figure, count in list(lost.items())[:12])
        raise Rejected([Problem(Place(name), "IMP-004", "有数值没有进入草稿，已放弃导入", found, "把这些数值所在的段落单独成段后重试")])
    return Imported(text, draft.known, tuple(draft.unknown), sum(1 for _ in recognised.figures(whole)))


def section_of(heading: str) -> str | None:
    return next((section for section, words in SECTIONS if re.search(words, heading)), None)


def recognised_title(blocks: list[Block]) -> str:
    return next((block.text for block in blocks if not isinstance(block, Table)), "")[:40]


def text_of(block: Block) -> str:
    return "\n".join("　".join(row) for row in block.rows) if isinstance(block, Table) else block.text


def note_heading(draft: Draft, section: str, heading: str) -> None:
    """Keep the figures of a heading: a heading that says more than its section stays as text."""
    if re.search(r"\d", heading):
        draft.add("background" if section == "unknown" else "course", heading)


def place(draft: Draft, block: Paragraph | Table, section: str, heading: str, words: Words) -> None:
    """Put a block where its section wants it, and its data beside."""
    if isinstance(block, Table):
        place_table(draft, block, section, heading, words)
        return
    text = block.text
    dated = recognised.event(text)
    if dated and section not in ("commentary", "complaint"):
        draft.add("timeline", dated)
        draft.known["时间轴"] += 1
        draft.add("course", text)
        return
    match section:
        case "complaint":
            draft.fields.setdefault("complaint", text) if "complaint" not in draft.fields else draft.add("visit", text)
        case "present" | "past":
            history = draft.fields.setdefault("history", {"present": [], "past": []})
            history[section].append(text)
        case "examination":
            system, _, finding = text.partition("：")
            draft.add("examination", {"system": system, "finding": finding} if finding and len(system) <= 10 else {"system": "体格检查", "finding": text})
        case "studies":
            studies = draft.fields.setdefault("studies", [])
            if not studies or studies[-1]["modality"] != heading:
                studies.append({"modality": heading, "findings": []})
            studies[-1]["findings"].append(text)
        case "pathology":
            draft.add("pathology", {"specimen": heading, "findings": [text], "ihc": recognised.ihc(text)})
            draft.known["免疫组化"] += len(recognised.ihc(text))
        case "labs":
            found = recognised.labs(text, words)
            if found:
                draft.add("labs", {"name": heading, "results": found})
                draft.known["检验"] += len(found)
            draft.add("course", text)
        case "diagnoses":
            draft.add("diagnoses", {"text": text, "kind": diagnosis_kind(text)})
            draft.known["诊断"] += 1
        case "treatments" | "genes" | "responses" | "follow_up":
            draft.add("course", text)
        case "commentary":
            comments = draft.fields.setdefault("commentary", [])
            if not comments:
                comments.append({"heading": heading, "text": []})
            comments[-1]["text"].append(text)
        case _:
            draft.unknown.append(f"第 {block.number} 段：{text[:40]}")
            before = f"{heading.rstrip('：:')}：" if heading and heading != draft.last_heading else ""
            draft.last_heading = heading
            draft.add("background", f"{UNKNOWN}{before}{text}")


def place_table(draft: Draft, table: Table, section: str, heading: str, words: Words) -> None:
    """Make a laboratory table data; keep the rows of any other as text."""
    found = recognised.lab_table(table.rows, words)
    rows = ["　".join(cell for cell in row if cell.strip()) for row in table.rows]
    if found:
        results, left = found
        draft.add("labs", {"name": heading or "检验", "results": results})
        draft.known["检验"] += len(results)
        rows = left
        if re.search(r"\d", "".join(table.rows[0])):
            rows = ["　".join(table.rows[0]), *rows]
    for row in rows:
        if row.strip():
            draft.unknown.append(f"第 {table.number} 段的表：{row[:40]}")
            draft.add("course", f"{UNKNOWN}{row}")


def diagnosis_kind(text: str) -> str:
    for kind, words in (("转移", r"转移"), ("并发症", r"骨折|压迫|高钙|低钙"), ("合并症", r"高血压|糖尿病|冠心病"), ("复发", r"复发"), ("原发肿瘤", r"癌|瘤")):
        if re.search(words, text):
            return kind
    return "其他"


def gather(draft: Draft, whole: str, words: Words) -> None:
    """Add the data that may stand anywhere in the text."""
    draft.fields["patient"] = recognised.patient(whole)
    draft.known["患者"] += len(draft.fields["patient"])
    for name, label, found in (
        ("staging", "分期", recognised.staging(whole)), ("genes", "基因", recognised.genes(whole)), ("scores", "评分", recognised.scores(whole, words)),
    ):  # fmt: skip
        unique = list({tuple(item.items()): item for item in found}.values())
        if unique:
            draft.fields[name] = unique
            draft.known[label] += len(unique)
    given = list({tuple(item.items()): item for line in draft.fields.get("course", []) for item in recognised.doses(line, words)}.values())
    if given:
        draft.fields["treatments"] = [{"title": "用药（自原文识别，待分线）", "kind": "全身治疗", "doses": given}]
        draft.known["用药"] += len(given)


ORDER = (
    "background", "patient", "complaint", "history", "visit", "examination", "scores", "studies", "labs", "pathology", "genes", "diagnoses",
    "staging", "treatments", "course", "timeline", "commentary",
)  # fmt: skip
FLOW = ("scores", "genes", "diagnoses", "staging", "examination", "timeline", "results", "ihc", "doses")
"""Lists whose items stand on one line each."""


def written(draft: Draft, name: str, number: str, title: str) -> str:
    """Write the draft as a source: the fields of a case in their order."""
    person = {"sex": "待填", "age": "待填", **draft.fields.get("patient", {})}
    fields = {**draft.fields, "patient": person}
    lines = [
        f"# 自原稿导入的草稿。「{UNKNOWN}」之后为未能归类的原文；叙述照录原文，待编者以自己的文字重写；course 中的原文与识别出的数据重复，核对后删去。",
        f"id: {name}", f"number: {number}", f"title: {scalar(title or '待填')}", "",
    ]  # fmt: skip
    for key in ORDER:
        value = fields.get(key)
        if value:
            lines += [*block_of(key, pruned(value), 0), ""]
    return "\n".join(lines)


def pruned(value: Any) -> Any:
    """Leave out empty lists."""
    if isinstance(value, dict):
        return {key: pruned(item) for key, item in value.items() if item not in ([], {}, "")}
    return [pruned(item) for item in value] if isinstance(value, list) else value


def block_of(key: str, value: Any, depth: int) -> list[str]:
    pad = "  " * depth
    if isinstance(value, dict):
        return [f"{pad}{key}:", *(line for name, item in value.items() for line in block_of(name, item, depth + 1))]
    if not isinstance(value, list):
        return [f"{pad}{key}: {scalar(value)}"]
    lines = [f"{pad}{key}:"]
    for item in value:
        if isinstance(item, dict) and key in FLOW:
            lines.append(f"{pad}  - {{{', '.join(f'{name}: {scalar(text, flow=True)}' for name, text in item.items())}}}")
        elif isinstance(item, dict):
            inner = [line for name, part in item.items() for line in block_of(name, part, depth + 2)]
            lines += [f"{pad}  - {inner[0].lstrip()}", *inner[1:]]
        else:
            lines.append(f"{pad}  - {scalar(item)}")
    return lines


SAFE_IN_FLOW = re.compile(r"[\w.～%×/+()=·、，。（）；“”↑↓²³⁰-⁹-]+(?: [\w.～%×/+()=·²³⁰-⁹-]+)*")
"""Texts that need no quotes on a line of several."""


def scalar(text: str, flow: bool = False) -> str:
    """Write a text as a scalar, quoted only where YAML needs it."""
    text = re.sub(r"[\x00-\x1f\x7f\u2028\u2029\x85]", " ", text).strip()
    risky = re.search(r": |:$| #|^[-?:,\[\]{}#&*!|>'\"%@`]|^\s|\s$|^$", text) or (flow and not SAFE_IN_FLOW.fullmatch(text)) or text in ("---", "...", "~")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if risky else text


def figures_of(yaml: str, name: str) -> list[str]:
    """Return every figure that stands in the scalars of a draft, dates also as the manuscript may write them."""
    tree, problems = Reader(yaml, name).read()
    if problems:
        raise Rejected(problems)
    return [figure for path, leaf in leaves(tree) if path[0] not in ("id", "number") for figure in recognised.figures(leaf)]


def report(made: Imported, source: str) -> str:
    """Say in Chinese what was recognised and what was not."""
    lines = [f"原稿：{source}", f"数值：{made.figures} 个，全部在草稿之中", "", "已识别为数据："]
    lines += [f"  {label}　{count} 项" for label, count in made.known.items() if count] or ["  无"]
    lines += ["", f"未能归类而照录原文的，共 {len(made.unknown)} 处：", *(f"  {item}" for item in made.unknown)]
    return "\n".join(lines) + "\n"
