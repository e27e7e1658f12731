"""The cascade of a document, worked out once for all elements of a kind: those with one parent style and the same rules.

WeasyPrint shares the style of such elements, but gathers the declarations of each, and makes a style for each pseudo-element of
each: six of them by its own style sheet. The styles are the same; they are shared, also by the documents that are set with
one font configuration, where they depend on nothing that is written in the document itself.
"""

from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import tinycss2
from weasyprint import css
from weasyprint.css import declaration_precedence, find_style_attributes, preprocess_declarations
from weasyprint.layout import page
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


ANCHOR = "-weasy-anchor"
"""How the engine declares the id of an element."""
COMMON: WeakKeyDictionary[Any, Kinds] = WeakKeyDictionary()
"""By font configuration."""


engine_page_styles = page.set_page_type_computed_styles


class Anchored(css.ComputedStyle):
    """The style of an element with an id: that of its kind, and its own anchor."""

    def __init__(self, common: Any, anchor: str):
        super().__init__(
            common.parent_style, common.cascaded, None, common.root_style, common.base_url, common.font_config, common.initial_page_sizes
        )
        self.common = common
        self.specified = common.specified
        self["anchor"] = anchor

    def __missing__(self, key: str) -> Any:
        value = self[key] = self.common[key]
        return value


class Cascade(css.StyleFor):
    """The styles of a document, like WeasyPrint's `StyleFor`."""

    def __init__(self, html: Any, sheets: Any, presentational_hints: Any, font_config: Any, target_collector: Any):
        self._cascaded_styles, self._computed_styles = {}, {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets = sheets
        self.font_config = font_config
        self.pages: dict[Any, dict[str | None, Any]] = {}
        """The styles of pages and of their margins, by the rules that make them."""
        PROGRESS_LOGGER.info("Step 3 - Applying CSS")
        attributes = Attributes(html, presentational_hints)
        common, kinds = COMMON.setdefault(font_config, Kinds()), dict[Any, Kind]()
        common.sheets.update((id(sheet), sheet) for sheet, origin, _ in sheets if origin != "author")
        above, of_this = dict[Any, Any](), set[int]()
        for wrapper in html.wrapper_element.iter_subtree():
            element = wrapper.etree_element
            parent = wrapper.parent.etree_element if wrapper.parent else None
            matched = [(sheet, origin, of_sheet, *found) for sheet, origin, of_sheet in sheets for found in sheet.matcher.match(wrapper)]
            rules = tuple((id(sheet), specificity, id(found[0])) for sheet, _, _, specificity, _, _, found in matched)
            key = (above[parent] if parent is not None else html.base_url, attributes.text(element), rules)
            is_own = key[0] in of_this or any(origin == "author" for _, origin, *_ in matched)
            known = kinds if is_own else common.known
            if key not in known:
                known[key] = self.kind(html, element, parent, attributes.of(element), matched)
            kind = known[key]
            above[element] = id(kind.style)
            if is_own:
                of_this.add(id(kind.style))
            anchor = attributes.anchors.get(element)
            self._computed_styles[element, None] = Anchored(kind.style, anchor) if anchor else kind.style
            if anchor and target_collector:
                target_collector.collect_anchor(anchor)
            for pseudo_type, style in kind.pseudo.items():
                self._computed_styles[element, pseudo_type] = style
        self._cascaded_styles.clear()

    def kind(self, html: Any, element: Any, parent: Any, own: Cascaded, matched: list[Any]) -> Kind:
        """Compute the styles of an element, the first of its kind, and of its pseudo-elements."""
        cascaded: dict[str | None, Cascaded] = {None: own} if own else {}
        for sheet, origin, of_sheet, specificity, _, pseudo_type, (declarations, layer) in matched:
            order = inf if layer is None else sheet.layers.index(layer)
            declare(cascaded.setdefault(pseudo_type, {}), declarations, origin, order, of_sheet or specificity)
        for pseudo_type, declared in cascaded.items():
            self._cascaded_styles[element, pseudo_type] = declared
        said = {"root": html.etree_element, "base_url": html.base_url}
        self.set_computed_styles(element, parent=parent, **said)
        for pseudo_type in cascaded:
            if pseudo_type:
                self.set_computed_styles(element, pseudo_type=pseudo_type, parent=element, **said)
        pseudo = {name: self._computed_styles[element, name] for name in cascaded if name}
        return Kind(self._computed_styles[element, None], pseudo)


    def page_rules(self, page_type: Any) -> tuple[Any, ...]:
        """Return what tells pages apart whose styles differ: the declarations that apply to them."""
        return tuple(
            (id(declarations), pseudo_type)
            for sheet, _, _ in self._sheets
            for _, selectors, declarations in sheet.page_rules
            for _, pseudo_type, selector in selectors
            if self._page_type_match(selector, page_type)
        )


def set_page_styles(page_type: Any, html: Any, style_for: Cascade) -> None:
    """Set the styles of a page and its margins, like WeasyPrint's `set_page_type_computed_styles`, once for pages of a kind."""
    rules, computed = style_for.page_rules(page_type), style_for.get_computed_styles()
    if rules not in style_for.pages:
        engine_page_styles(page_type, html, style_for)
        style_for.pages[rules] = {pseudo_type: style for (of, pseudo_type), style in computed.items() if of == page_type}
    for pseudo_type, style in style_for.pages[rules].items():
        computed[page_type, pseudo_type] = style


class Attributes:
    """What elements say of their own styles; anchors apart, since no two elements have the same."""

    def __init__(self, html: Any, presentational_hints: Any):
        self.html = html
        self.written: dict[Any, list[Any]] = {}
        self.anchors: dict[Any, str] = {}
        for specificity, element, declarations, base_url in find_style_attributes(html.etree_element, presentational_hints, html.base_url):
            if declarations[0].name == ANCHOR:
                self.anchors[element] = preprocess_one(declarations, base_url)
            else:
                self.written.setdefault(element, []).append((specificity, declarations, base_url))

    def text(self, element: Any) -> str:
        """Return them as written: the same for elements that say the same."""
        return tinycss2.serialize(item for _, declarations, _ in self.written[element] for item in declarations) if element in self.written else ""

    def of(self, element: Any) -> Cascaded:
        style: Cascaded = {}
        for specificity, declarations, base_url in self.written.get(element, ()):
            declare(style, preprocess_declarations(base_url, declarations), "author", inf, specificity)
        return style


def preprocess_one(declarations: Any, base_url: str) -> Any:
    """Return the value of the only declaration of a property."""
    ((_, value, _),) = preprocess_declarations(base_url, declarations)
    return value


def declare(style: Cascaded, declarations: Any, origin: str, order: float, specificity: Any) -> None:
    """Add declarations to a style where none of greater weight is in it."""
    for name, values, importance in declarations:
        weight = (declaration_precedence(origin, importance), order, specificity)
        before = style.get(name)
        if before is None or before[1] is None or before[1] <= weight:
            style[name] = values, weight
