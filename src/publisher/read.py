"""Stage 1, read: the files under `content/` -> `Collection`, or every problem of all files at once."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from publisher.case import Case
from publisher.catalogue import REFERENCE_MODELS, Catalogue, folded
from publisher.collection import Collection, VolumeSource
from publisher.keeping import Keep, afresh
from publisher.library import Library
from publisher.limits import MAX_CASES, MAX_PROBLEMS, MAX_TOTAL_BYTES
from publisher.model import Model
from publisher.problems import Place, Problem, Rejected, nearest
from publisher.read_yaml import read_bytes, read_yaml, tree_of
from publisher.volume import WHOLE_BOOKLET, Dosing, Guideline, Volume
from publisher.written import Branch, Row, Written, at

M = TypeVar("M", bound=Model)


def read(root: Path, only: list[str] | None = None, keep: Keep = afresh) -> Collection:
    """Read the catalogue and the volumes (all, or those named). Raises Rejected with every problem found."""
    problems: list[Problem] = []
    content = root / "content"
    folders = sorted(path.parent for path in content.glob("*/volume.yaml"))
    too_large = list(over_the_limits(content, [folder for folder in folders if not only or folder.name in only]))
    if too_large:
        raise Rejected(too_large)
    catalogue = read_catalogue(root, problems, keep)
    known = [folder.name for folder in folders]
    for name in only or []:
        if name not in known:
            problems.append(Problem(Place(f"content/{name}/volume.yaml"), "SRC-020", "没有这一卷", name, nearest(name, known) or f"现有：{'、'.join(known)}"))
    if not folders:
        problems.append(Problem(Place("content"), "SRC-020", "没有找到任何一卷", hint="每卷需有 content/<卷名>/volume.yaml"))
    volumes = {}
    for folder in folders:
        if only and folder.name not in only:
            continue
        source = read_volume(root, folder, catalogue, problems, keep)
        if source:
            volumes[folder.name] = source
    if problems:
        raise Rejected(sorted(set(problems), key=lambda problem: (problem.place, problem.code)))
    return Collection(catalogue, volumes)


def read_reference(root: Path) -> Catalogue:
    """Read the catalogue alone. Raises Rejected."""
    problems: list[Problem] = []
    catalogue = read_catalogue(root, problems)
    if problems:
        raise Rejected(problems)
    return catalogue


def read_library(path: Path) -> Library:
    """Read the list of a library's volumes. Raises Rejected also where a volume is listed twice or not there."""
    name = path.name
    tree, problems = read_yaml(path, name)
    library = validated(Library, tree, problems, {}) if tree is not None else None
    seen: dict[str, Written] = {}
    for folder in library.volumes if library else []:
        if first := seen.get(folder):
            problems.append(Problem(folder.place, "SRC-034", "此卷列了两次", folder, f"首见于第 {first.place.line} 行，删去其一"))
        elif not (path.parent / folder / "volume.yaml").is_file():
            known = sorted(found.parent.relative_to(path.parent).as_posix() for found in path.parent.glob("**/content/*/volume.yaml"))
            problems.append(Problem(folder.place, "SRC-035", "所列的卷不在", folder, nearest(folder, known) or f"应有 {folder}/volume.yaml"))
        seen[str(folder)] = folder
    if problems or library is None:
        raise Rejected(problems)
    return library


def over_the_limits(content: Path, folders: list[Path]) -> Iterator[Problem]:
    """Yield a problem for a volume of too many cases and for sources that are too large together, before any is read."""
    for folder in folders:
        count = len(list((folder / "cases").glob("*.yaml")))
        if count > MAX_CASES:
            yield Problem(Place(f"content/{folder.name}/cases"), "SRC-030", "病例过多", f"{count} 例", f"一卷不得超过 {MAX_CASES} 例，宜分卷")
    total = sum(path.stat().st_size for folder in [content / "reference", *folders] for path in folder.rglob("*.yaml") if path.is_file())
    if total > MAX_TOTAL_BYTES:
        yield Problem(Place("content"), "SRC-031", "来源文件合计过大", f"{total} 字节", f"一次不得超过 {MAX_TOTAL_BYTES} 字节，宜逐卷编排")


def read_catalogue(root: Path, problems: list[Problem], keep: Keep = afresh) -> Catalogue:
    raw = {name: read_bytes(root / name, name) for name in (f"content/reference/{kind}.yaml" for kind in REFERENCE_MODELS)}
    parts = [digest(content) for content, _ in raw.values()]
    catalogue, found = keep(("catalogue", *parts), lambda: catalogue_of(raw))
    problems += found
    return catalogue


def digest(raw: bytes | None) -> str:
    """Return the digest of the bytes of a file; nothing where it could not be read."""
    return "" if raw is None else sha256(raw).hexdigest()


def catalogue_of(raw: dict[str, tuple[bytes | None, list[Problem]]]) -> tuple[Catalogue, list[Problem]]:
    """Return the catalogue of the bytes of its files, with what is wrong with them."""
    problems: list[Problem] = []
    entries: dict[str, list[Any]] = {}
    for (kind, model), (name, (content, unread)) in zip(REFERENCE_MODELS.items(), raw.items(), strict=True):
        entries[kind] = []
        tree, found = (None, unread) if content is None else tree_of(content, name)
        problems += found
        if tree is None:
            continue
        items = tree.get(kind) if isinstance(tree, Branch) else None
        if not isinstance(items, Row):
            problems.append(Problem(tree.place, "SRC-021", f"词表应以「{kind}:」开头，其下逐条列出"))
            continue
        spelled: dict[str, Written] = {}
        for item in items:
            entry = validated(model, item, problems, {})
            if entry is None:
                continue
            entries[kind].append(entry)
            for spelling in getattr(entry, "spellings", []):
                first = spelled.setdefault(folded(spelling), spelling)
                if first is not spelling and first.place.line != spelling.place.line and owner(first, items) is not item:
                    problems.append(Problem(spelling.place, "REF-002", "同一写法归于两个条目", spelling, f"首见于第 {first.place.line} 行，留其一"))
    parts = [digest(content) for content, _ in raw.values()]
    return Catalogue(**entries, digest=sha256("".join(parts).encode()).hexdigest() if all(parts) else ""), problems


def owner(spelling: Written, items: Row) -> Any:
    """Return the item of the list in which `spelling` stands."""
    return next((item for item in reversed(items) if item.place.line <= spelling.place.line), None)


def read_volume(root: Path, folder: Path, catalogue: Catalogue, problems: list[Problem], keep: Keep = afresh) -> VolumeSource | None:
    parts, others = read_parts(root, folder, catalogue, problems, keep)
    cases, trees = {}, {}
    for path in sorted((folder / "cases").glob("*.yaml")):
        case, tree = read_case(root, path, catalogue, problems, keep)
        if case is not None:
            cases[str(case.id)], trees[str(case.id)] = case, tree
    problems += wrong_together(folder, parts, cases)
    if not (parts["volume"] and parts["guideline"] and parts["dosing"]):
        return None
    return VolumeSource(parts["volume"], cases, parts["guideline"], parts["dosing"], trees, others)


def read_parts(
    root: Path, folder: Path, catalogue: Catalogue, problems: list[Problem], keep: Keep = afresh
) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Read what a volume has beside its cases; return the models by file, None for a broken one, and their trees."""
    parts: dict[str, Any] = {}
    trees = []
    for model, stem in ((Volume, "volume"), (Guideline, "guideline"), (Dosing, "dosing")):
        name = f"content/{folder.name}/{stem}.yaml"
        parts[stem], tree = read_file(root / name, name, model, catalogue, problems, keep)
        trees.append(tree)
    return parts, tuple(trees)


def read_file(path: Path, name: str, model: type[M], catalogue: Catalogue, problems: list[Problem], keep: Keep = afresh) -> tuple[M | None, Any]:
    """Read a file that holds one model; return the model, None for a broken one, and its tree."""
    raw, unread = read_bytes(path, name)
    if raw is None:
        problems += unread
        return None, None

    def made() -> tuple[M | None, Any, list[Problem]]:
        tree, found = tree_of(raw, name)
        return validated(model, tree, found, {"catalogue": catalogue}) if tree is not None else None, tree, found

    one, tree, found = keep((model.__name__, name, digest(raw), catalogue.digest), made, catalogue)
    problems += found
    return one, tree


def read_case(root: Path, path: Path, catalogue: Catalogue, problems: list[Problem], keep: Keep = afresh) -> tuple[Case | None, Any]:
    """Read the file of a case; return the case, None for a broken one, and its tree."""
    case, tree = read_file(path, path.relative_to(root).as_posix(), Case, catalogue, problems, keep)
    if case is not None and case.id != path.stem:
        problems.append(Problem(case.id.place, "SRC-022", "病例标识与文件名不同", case.id, f"应为 {path.stem}"))
    return case, tree


def wrong_together(folder: Path, parts: dict[str, Any], cases: dict[str, Case]) -> Iterator[Problem]:
    """Yield a problem for everything in which the files of a volume do not fit each other."""
    volume = parts["volume"]
    if volume:
        stems = [path.stem for path in (folder / "cases").glob("*.yaml")]
        yield from wrong_order(volume, stems)
        yield from wrong_booklets(volume, stems)
        yield from wrong_names(volume, folder.name, cases)
        yield from wrong_links(parts["guideline"], stems)


def wrong_order(volume: Volume, stems: list[str]) -> Iterator[Problem]:
    """Yield a problem for each case listed twice, listed without a file, or left out of the volume."""
    seen: set[str] = set()
    for slug in volume.case_ids:
        if slug in seen:
            yield Problem(slug.place, "SRC-023", "病例在卷中列了两次", slug, "删去其一")
        elif slug not in stems:
            yield Problem(slug.place, "SRC-024", "卷中所列病例没有文件", slug, nearest(slug, stems) or f"应有 cases/{slug}.yaml")
        seen.add(slug)
    for stem in sorted(set(stems) - seen):
        yield Problem(volume.id.place, "SRC-025", "病例文件未列入任何部分", stem, "在 parts 的 cases 中列出，或移出 cases 文件夹")
    labels = [part.label for part in volume.parts]
    for announced in volume.announced:
        if announced.part not in labels:
            yield Problem(announced.part.place, "SRC-026", "题录所属部分不存在", announced.part, nearest(announced.part, labels))


def wrong_booklets(volume: Volume, known: list[str]) -> Iterator[Problem]:
    """Yield a problem for two booklets of one name and for each case of a booklet that is not known, or that it lists twice."""
    names = {WHOLE_BOOKLET}
    for booklet in volume.booklets:
        if booklet.id in names:
            yield Problem(booklet.id.place, "SRC-041", "小册的标识已被占用", booklet.id, f"各册不得同名，「{WHOLE_BOOKLET}」为全卷所用")
        names.add(str(booklet.id))
        for index, slug in enumerate(booklet.cases):
            if slug not in known:
                yield Problem(slug.place, "SRC-042", "小册所选病例不在本卷", slug, nearest(slug, known))
            elif slug in booklet.cases[:index]:
                yield Problem(slug.place, "SRC-043", "病例在小册中列了两次", slug, "删去其一")


def wrong_names(volume: Volume, folder: str, cases: dict[str, Case]) -> Iterator[Problem]:
    """Yield a problem for a volume that is not called like its folder and for a case number used twice."""
    if volume.id != folder:
        yield Problem(volume.id.place, "SRC-028", "卷的标识与文件夹名不同", volume.id, f"应为 {folder}")
    seen: dict[str, Written] = {}
    for number in [case.number for case in cases.values()] + [item.number for item in volume.announced]:
        first = seen.setdefault(str(number), number)
        if first is not number:
            yield Problem(number.place, "SRC-029", "两例用了同一编号", number, f"首见于 {first.place}，改其一")


def wrong_links(guideline: Guideline | None, stems: list[str]) -> Iterator[Problem]:
    topics = list(guideline.topics) if guideline else []
    while topics:
        topic = topics.pop()
        topics += topic.topics
        for statement in topic.statements:
            for slug in statement.cases:
                if slug not in stems:
                    yield Problem(slug.place, "REF-003", "所引病例不存在", slug, nearest(slug, stems))


def validated(model: type[M], tree: Any, problems: list[Problem], context: dict[str, Any]) -> M | None:
    """Return the model made from a tree, or None after adding what is wrong with it to `problems`."""
    try:
        return model.model_validate(tree, context=context)
    except ValidationError as error:
        faults = error.errors()
        problems += [explained(fault, tree, model) for fault in faults[:MAX_PROBLEMS]]
        if len(faults) > MAX_PROBLEMS:
            problems.append(Problem(tree.place, "SRC-032", f"此文件还有 {len(faults) - MAX_PROBLEMS} 处问题未列出", hint="先改正已列出的"))
        return None


def explained(fault: Any, tree: Any, model: type[Model]) -> Problem:
    """Say one pydantic fault in the author's words, by its type."""
    path, kind, context = tuple(fault["loc"]), fault["type"], fault.get("ctx", {})
    place = at(tree, path)
    field = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    value = fault.get("input")
    found = value if isinstance(value, str) else shape(value)
    match kind:
        case "missing":
            return Problem(place, "SRC-101", f"缺少必填项「{field}」", hint=f"补写「{field}: …」")
        case "extra_forbidden":
            return Problem(key_place(tree, path), "SRC-102", f"没有「{field}」这一项", field, nearest(field, fields_at(model, path[:-1])))
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", context.get("expected", ""))
            return Problem(place, "SRC-103", f"「{field}」不能这样写", found, nearest(str(found), allowed) or f"可用：{'、'.join(allowed)}")
        case "unknown_word":
            return Problem(place, "REF-001", f"{context['label']}不在词表中", found, context["hint"] or f"核对写法；确为新词则补入 {context['file']}")
        case "not_text":
            return Problem(place, "SRC-104", f"「{field}」应为一段文字", found, "写成一行文字")
        case "empty_text":
            return Problem(place, "SRC-105", f"「{field}」没有内容", hint="写出内容；来源未载则删去此行")
        case "no_figure":
            return Problem(place, "SRC-106", f"「{field}」应有数值", found, "写出数值与单位")
        case "bad_slug":
            return Problem(place, "SRC-107", "标识写法不合规", found, "只用小写英文字母、数字与连字符，如 lung-13-renal")
        case "bad_date":
            return Problem(place, "SRC-108", "没有这个日期", found, "写作 2021-06-15 或 2021-06")
        case "list_type":
            return Problem(place, "SRC-109", f"「{field}」应逐条列出", found, "每条另起一行，以「- 」开头")
        case "model_type" | "dict_type" | "model_attributes_type":
            return Problem(place, "SRC-110", f"「{field}」应分项填写", found, "写成「项目: 内容」")
        case "too_short":
            return Problem(place, "SRC-111", f"「{field}」至少要有一条")
        case "no_column":
            return Problem(
                context["place"],
                "SRC-113",
                f"「{context['name']}」没有对应的列",
                context["name"],
                nearest(context["name"], context["known"]) or "在 columns 中加上这一列",
            )
        case "bad_number":
            return Problem(place, "SRC-114", "病例编号只能是数字", found, "写作 3，不写「例3」")
        case "bad_length":
            return Problem(place, "SRC-115", f"「{field}」应为以毫米计的长度", found, "写作 0.108，不带单位")
        case "bad_folder":
            return Problem(place, "SRC-119", "卷的位置写法不对", found, "写作 content/<卷名>；在下级文件夹中的写作 <文件夹>/content/<卷名>")
        case "bad_isbn":
            return Problem(place, "SRC-116", "书号写法不对", found, "写作 978-7-…，共十三位数字，以连字符分段；尚无书号则删去此行")
        case "bad_isbn_digit":
            return Problem(place, "SRC-117", "书号的校验码与其余各位不合", found, f"末位应为 {context['right']}；核对全号")
        case "other_title":
            return Problem(context["place"], "SRC-118", "封面各行连起来不是书名", hint=f"应合为「{context['title']}」")
        case "long_note":
            return Problem(place, "SRC-121", f"编者按过长（{context['length']} 字）", found[:40] + "……", f"不得超过 {context['most']} 字，其余写入 reason")
        case "bad_signature":
            return Problem(place, "SRC-122", "一帖的页数不对", found, f"应为4的倍数，4～{context['most']}")
        case "bool_parsing":
            return Problem(place, "SRC-112", f"「{field}」只能写 true 或 false", found)
    return Problem(place, "SRC-199", f"「{field}」不合要求：{fault['msg']}", found)


def shape(value: Any) -> str:
    if isinstance(value, Row | list):
        return f"一个 {len(value)} 条的列表"
    if isinstance(value, Branch | dict):
        return f"分项内容（{'、'.join(list(value)[:4])}）"
    return ""


def key_place(tree: Any, path: tuple[Any, ...]) -> Place:
    node = tree
    for step in path[:-1]:
        node = node[step]
    return node.key_places[path[-1]] if isinstance(node, Branch) else at(tree, path)


def fields_at(model: Any, path: tuple[Any, ...]) -> list[str]:
    """Return the field names of the model that stands at `path`."""
    for step in path:
        if isinstance(step, str) and hasattr(model, "model_fields"):
            field = model.model_fields.get(step) or next((field for field in model.model_fields.values() if field.alias == step), None)
            model = inner_model(field.annotation) if field else None
    return [field.alias or name for name, field in model.model_fields.items()] if hasattr(model, "model_fields") else []


def inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := inner_model(part))), None)
