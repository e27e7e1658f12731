"""The cascade of a document, worked out once for all elements of a kind: those with one parent style and the same rules.

WeasyPrint shares the style of such elements, but gathers the declarations of each, and makes a style for each pseudo-element of
each: six of them by its own style sheet. The styles are the same; they are shared, also by the documents that are set with
one font configuration, where they depend on nothing that is written in the document itself.
"""

from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from weasyprint import css
from weasyprint.css import declaration_precedence, find_style_attributes, preprocess_declarations
from weasyprint.logger import PROGRESS_LOGGER

Cascaded = dict[str, tuple[Any, Any]]
"""Values with their weights, by the names of properties."""


class Kind(NamedTuple):
    """What elements of a kind share."""

    style: Any
    pseudo: dict[str, Any]
    """The style of each pseudo-element."""


@dataclass
class Kinds:
    """The kinds that documents have in common."""

    known: dict[Any, Kind] = field(default_factory=dict)
    sheets: dict[int, Any] = field(default_factory=dict)
    """Whose rules the kinds are made by; kept, so that no other sheet gets their identity."""


COMMON: WeakKeyDictionary[Any, Kinds] = WeakKeyDictionary()
"""By font configuration."""


class Cascade(css.StyleFor):
    """The styles of a document, like WeasyPrint's `StyleFor`."""

    def __init__(self, html: Any, sheets: Any, presentational_hints: Any, font_config: Any, target_collector: Any):
        self._cascaded_styles, self._computed_styles = {}, {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets = sheets
        self.font_config = font_config
        PROGRESS_LOGGER.info("Step 3 - Applying CSS")
        attributes = list(find_style_attributes(html.etree_element, presentational_hints, html.base_url))
        written = {element: tuple(declarations) for _, element, declarations, _ in attributes}
        own: dict[Any, Cascaded] = {}
        for specificity, element, declarations, base_url in attributes:
            declare(own.setdefault(element, {}), preprocess_declarations(base_url, declarations), "author", inf, specificity)
        common, kinds = COMMON.setdefault(font_config, Kinds()), dict[Any, Kind]()
        common.sheets.update((id(sheet), sheet) for sheet, origin, _ in sheets if origin != "author")
        computed, of_this = self._computed_styles, set[int]()
        for wrapper in html.wrapper_element.iter_subtree():
            element = wrapper.etree_element
            parent = wrapper.parent.etree_element if wrapper.parent else None
            matched = [(sheet, origin, of_sheet, *found) for sheet, origin, of_sheet in sheets for found in sheet.matcher.match(wrapper)]
            above = id(computed[parent, None]) if parent is not None else html.base_url
            key = (above, written.get(element), tuple((id(sheet), specificity, id(found[0])) for sheet, _, _, specificity, _, _, found in matched))
            is_own = element in written or above in of_this or any(origin == "author" for _, origin, *_ in matched)
            known = kinds if is_own else common.known
            if key not in known:
                known[key] = self.kind(html, element, parent, own.get(element, {}), matched, target_collector)
            kind = known[key]
            if is_own:
                of_this.add(id(kind.style))
            computed[element, None] = kind.style
            for pseudo_type, style in kind.pseudo.items():
                computed[element, pseudo_type] = style
        self._cascaded_styles.clear()

    def kind(self, html: Any, element: Any, parent: Any, own: Cascaded, matched: list[Any], target_collector: Any) -> Kind:
        """Compute the styles of an element, the first of its kind, and of its pseudo-elements."""
        cascaded: dict[str | None, Cascaded] = {None: dict(own)} if own else {}
        for sheet, origin, of_sheet, specificity, _, pseudo_type, (declarations, layer) in matched:
            order = inf if layer is None else sheet.layers.index(layer)
            declare(cascaded.setdefault(pseudo_type, {}), declarations, origin, order, of_sheet or specificity)
        for pseudo_type, declared in cascaded.items():
            self._cascaded_styles[element, pseudo_type] = declared
        said = {"root": html.etree_element, "base_url": html.base_url, "target_collector": target_collector}
        self.set_computed_styles(element, parent=parent, **said)
        for pseudo_type in cascaded:
            if pseudo_type:
                self.set_computed_styles(element, pseudo_type=pseudo_type, parent=element, **said)
        pseudo = {name: self._computed_styles[element, name] for name in cascaded if name}
        return Kind(self._computed_styles[element, None], pseudo)


def declare(style: Cascaded, declarations: Any, origin: str, order: float, specificity: Any) -> None:
    """Add declarations to a style where none of greater weight is in it."""
    for name, values, importance in declarations:
        weight = (declaration_precedence(origin, importance), order, specificity)
        before = style.get(name)
        if before is None or before[1] is None or before[1] <= weight:
            style[name] = values, weight
