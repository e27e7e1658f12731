"""Pages of the documentation that follow from the program itself: the commands and the fields of the sources.

`publisher documents` writes them; a test holds them fresh.
"""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from publisher.catalogue import Named
from publisher.fields import explained
from publisher.model import Model
from publisher.workbench.schema import SOURCES
from publisher.written import Figure, Moment, Prose, Reading, Slug, Written

KINDS: tuple[tuple[type[Written], str], ...] = (
    (Named, "词表中的名称"), (Slug, "标识"), (Moment, "时间"), (Figure, "带数字的文字"), (Reading, "数值"), (Prose, "句子"), (Written, "短语"),
)  # fmt: skip
"""What a scalar is called, the narrower kinds first."""
TITLES = {"case": "病例", "volume": "卷", "guideline": "要点汇编", "dosing": "用药剂量", "library": "文库"}

# -- commands -----------------------------------------------------------------------------------------------------


def commands(program: Any, name: str = "publisher") -> str:
    """Return docs/commands.md from the program as Click describes it."""
    lines = [
        "# Commands", "",
        "Every command with its arguments and options. Generated from the program by `make docs`; do not edit.",
        "What they are for, step by step and in Chinese: [the manual](manual/README.md).", "",
        "Exit status of all: 0 clean, 1 problems, 2 wrong use (a name, an option or a folder that does not exist).", "",
    ]  # fmt: skip
    found = list(leaves(program, name))
    lines += ["| command | does |", "|---|---|", *(f"| [`{full}`](#{full.replace(' ', '-')}) | {sentence(command.help)} |" for full, command in found)]
    for full, command in found:
        lines += described(full, command)
    return "\n".join(lines) + "\n"


def leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every command below one that is shown, with its full name."""
    inside = getattr(command, "commands", None)
    if inside is None:
        yield name, command
        return
    for word, inner in sorted(inside.items()):
        if not inner.hidden:
            yield from leaves(inner, f"{name} {word}")


def sentence(text: str | None) -> str:
    return " ".join((text or "").split()).replace("<", "&lt;")


def described(full: str, command: Any) -> list[str]:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option" and not parameter.hidden]
    shown = " ".join([full, *(["[OPTIONS]"] if options else []), *map(placeholder, arguments)])
    lines = ["", f"## {full}", "", sentence(command.help), "", "```", shown, "```"]
    rows = [(f"`{placeholder(item)}`", sentence(item.help)) for item in arguments]
    rows += [(f"`{spelled(item)}`", f"{sentence(item.help)}{default(item)}") for item in options]
    said = [f"| {left} | {right} |" for left, right in ((left.replace("|", "\\|"), right.replace("|", "\\|")) for left, right in rows)]
    return [*lines, "", "| | |", "|---|---|", *said] if rows else lines


def placeholder(item: Any) -> str:
    """Return an argument as it stands in a usage line: VOLUME, [VOLUMES]…"""
    word = (item.metavar or item.name).strip("[].").upper() + ("…" if item.nargs == -1 else "")
    return word if item.required else f"[{word}]"


def spelled(item: Any) -> str:
    """Return an option with its other spelling and what it takes: --format text|json, --cache / --no-cache."""
    names = " / ".join([max(item.opts, key=len), *(max(other, key=len) for other in [item.secondary_opts] if other)])
    if item.is_flag:
        return names
    choices = [choice.value for choice in type(item.default)] if isinstance(item.default, Enum) else []
    return f"{names} {'|'.join(choices) or names[2:].upper()}"


def default(item: Any) -> str:
    value = getattr(item.default, "value", item.default)
    told = not item.is_flag and isinstance(value, str | Path) and str(value)
    return f" Default: `{value}`." if told else " May be given again." if item.multiple and "again" not in (item.help or "") else ""


# -- fields -------------------------------------------------------------------------------------------------------


def fields() -> str:
    """Return docs/manual/fields.md: every field of the sources, model by model, in the order in which it is printed."""
    lines = [
        "# 字段表", "",
        "病例与分卷文件中可写的每一项。本页由 `make docs` 自程序写出，请勿手改；怎样写、印成什么样，见[写一个病例](02-case.md)与[制作一卷](05-volume.md)。", "",
        "“必填”以外的各项，来源未载就整项不写。“标识”只用小写英文字母、数字与连字符；“数值”“时间”照原文，程序不换算、不补零。",
    ]  # fmt: skip
    told: set[type[Model]] = set()
    for kind, (model, pattern) in SOURCES.items():
        lines += ["", f"## {TITLES[kind]}", "", f"文件：`{pattern}`"]
        for inner in nested(model, told):
            lines += table(inner)
    return "\n".join(lines) + "\n"


def nested(model: type[Model], told: set[type[Model]]) -> Iterator[type[Model]]:
    """Yield a model and the models in it that have not been told of, depth first."""
    if model in told:
        return
    told.add(model)
    yield model
    for annotation in get_type_hints(model).values():
        for inner in models(annotation):
            yield from nested(inner, told)


def models(annotation: Any) -> list[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return [annotation]
    return [found for part in get_args(annotation) for found in models(part)]


def table(model: type[Model]) -> list[str]:
    kinds = get_type_hints(model)
    lines = ["", f"### {model.__name__}", "", "| 键 | 名称 | | 写什么 | 说明 |", "|---|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in kinds:
            continue
        word, _, more = explained(model.__name__, name).partition("：")
        lines.append(f"| `{field.alias or name}` | {word} | {'必填' if field.is_required() else ''} | {kind_of(kinds[name])} | {more} |")
    return lines


def kind_of(annotation: Any) -> str:
    """Say in Chinese what stands in a field of this type."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return kind_of(next(part for part in parts if part is not type(None)))
    if origin is list:
        return f"列表：{kind_of(parts[0])}"
    if origin is dict:
        return f"列名与{kind_of(parts[1])}"
    if origin is Literal:
        return "、".join(map(str, parts))
    if annotation is bool:
        return "true 或 false"
    if issubclass(annotation, Model):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return next(word for kind, word in KINDS if issubclass(annotation, kind))
