"""A press file, inside or cover, as a printer takes it in: boxes and marks, standard and intent, inks, pictures, lines, fonts.

PDF/X-4 is ISO 15930-7, PDF/X-1a ISO 15930-4; what a rule of the house adds (overprint, least line, most ink) stands beside it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import pikepdf
from pikepdf import Array, Dictionary, Name

from publisher.edition import Edition
from publisher.inks import SECOND, Mix, PressRun
from publisher.preflight.drawn_page import Words, drawn_words
from publisher.preflight.painted import ALL, PROCESS, Box, Colour, Kind, Painted, box, opened, read
from publisher.preflight.separations import Coverage, coverage
from publisher.problems import Place, Problem, Severity

CODES = {
    "PDF-401": "面数与排版所得相同，且凑成整张",
    "PDF-402": "成品、出血与纸面各框不错",
    "PDF-403": "裁切线、套准线与工单行齐全，都在出血之外",
    "PDF-404": "到边的色块都出足 3 mm",
    "PDF-405": "文字离成品边不小于 1.5 mm",
    "PDF-406": "声明了所依的 PDF/X 标准，文件信息与 XMP 相符",
    "PDF-407": "输出意图与用纸相符，特性文件已嵌入",
    "PDF-408": "没有批注、动作、表单、附件与书签",
    "PDF-409": "颜色都以油墨给出，没有 RGB",
    "PDF-410": "文字只用黑墨或本卷第二色",
    "PDF-411": "黑字叠印，彩色与反白不叠印",
    "PDF-412": "总墨量不超过 300%",
    "PDF-413": "图像不低于 300 dpi",
    "PDF-414": "线条不细于 0.25 pt",
    "PDF-415": "字体都属本项目，都已嵌入",
    "PDF-416": "透明合于所依标准",
}
"""What each check says when it passes."""

POINTS_PER_MM = 72 / 25.4
BLEED = 3 * POINTS_PER_MM
SLUG = 6 * POINTS_PER_MM
"""The least room outside the bleed for marks."""
SAFE = 1.5 * POINTS_PER_MM
"""What a guillotine may stray."""
SLACK = 0.3
"""Points by which a box may differ: a tenth of a millimetre."""
HAIRLINE = 0.25
LEAST_PPI, POOR_PPI = 300, 150
NEAR = 0.005
"""By how much two shares of ink may differ and be the same."""

Faults = Iterator[tuple[str, str, int]]


@dataclass(frozen=True)
class PressFile:
    """A press file with all that it has to agree with."""

    pdf: bytes
    edition: Edition
    run: PressRun
    volume: str
    title: str
    date: str
    pages: int
    """Of the layout; an odd number is made even by a blank."""
    language: str = "zh-CN"
    words: Sequence[Words] = ()
    """Those of its pages, where they have been read."""

    @cached_property
    def document(self) -> pikepdf.Pdf:
        return opened(self.pdf)

    @cached_property
    def painted(self) -> list[Painted]:
        return read(self.document)

    @cached_property
    def by_page(self) -> dict[int, list[Painted]]:
        found: dict[int, list[Painted]] = defaultdict(list)
        for item in self.painted:
            found[item.page].append(item)
        return found

    @property
    def plates(self) -> tuple[str, ...]:
        """The plates that something is painted on: every process plate where the file does not say which, as of pictures, or says all within the bleed."""
        colours = {item.colour for item in self.painted}
        spots = {colour.space for colour in colours if colour.is_spot} - {ALL}
        said = {plate for colour in colours if colour.is_ink and colour.values for plate, share in colour.plates.items() if share}
        on_all = (item for item in self.painted if item.colour.space == ALL)
        unsaid = any(not (colour.is_ink and colour.values) for colour in colours) or any(
            item.box.grown(0.1).meets(self.frames[item.page - 1].bleed) for item in on_all
        )
        return (*(plate for plate in PROCESS if unsaid or plate in said or plate == "Black"), *sorted(spots))

    @cached_property
    def coverage(self) -> list[Coverage]:
        return coverage(self.pdf, self.plates)

    @cached_property
    def drawn(self) -> list[tuple[int, Any]]:
        """The pages, and each form and picture once, with the first page that draws it."""
        found: list[tuple[int, Any]] = []
        seen: set[tuple[int, int]] = set()
        for number, page in enumerate(self.document.pages, 1):
            waiting = [page.obj]
            while waiting:
                thing = waiting.pop()
                found.append((number, thing))
                inside = thing.get("/Resources", Dictionary()).get("/XObject", Dictionary()).values()
                new = [item for item in inside if item.objgen not in seen]
                seen.update(item.objgen for item in new)
                waiting += new
        return found

    @cached_property
    def frames(self) -> list["Frames"]:
        return [frames(page.obj) for page in self.document.pages]

    @property
    def trim(self) -> tuple[float, float]:
        across, up = self.edition.trim_mm
        return across * POINTS_PER_MM, up * POINTS_PER_MM

    @property
    def path(self) -> str:
        return f"{self.volume}/{self.edition.name}.pdf"


@dataclass(frozen=True)
class Frames:
    """The boxes of a page; one that is left out is as the standard says it is."""

    media: Box
    bleed: Box
    trim: Box
    given: frozenset[str] = field(default_factory=frozenset)


def frames(page: Any) -> Frames:
    media = box(page.get("/MediaBox", Array([0, 0, 0, 0])))
    crop = box(page.CropBox) if "/CropBox" in page else media
    given = frozenset(str(name)[1:] for name in ("/CropBox", "/ArtBox", "/BleedBox", "/TrimBox") if name in page)
    return Frames(media, box(page.BleedBox) if "/BleedBox" in page else crop, box(page.TrimBox) if "/TrimBox" in page else crop, given)


def check(file: PressFile) -> Iterator[Problem]:
    """Yield every fault of a press file."""
    for code, rule in RULES.items():
        for message, found, page in rule(file):
            severity = Severity.REVIEW if message in REVIEWED else Severity.ERROR
            yield Problem(Place(file.path, page) if page else Place(file.path), code, message, found, HINTS.get(code, ""), severity)


def page_count(file: PressFile) -> Faults:
    count = len(file.document.pages)
    if count not in (file.pages, file.pages + file.pages % 2):
        yield "面数与排版所得不符", f"{count} 面，应为 {file.pages + file.pages % 2} 面", 0
    elif count % 2 and file.pages > 1:
        yield "面数为奇数，末张缺背面", f"{count} 面", 0


def page_frames(file: PressFile) -> Faults:
    """Every page has the trim of the edition, 3 mm of bleed, room for marks, and no other box (ISO 15930-7 6.9)."""
    for number, (page, found) in enumerate(zip(file.document.pages, file.frames, strict=True), 1):
        if not {"TrimBox", "BleedBox"} <= found.given:
            yield "缺成品框或出血框", "、".join(sorted({"TrimBox", "BleedBox"} - found.given)), number
            continue
        if extra := found.given & {"CropBox", "ArtBox"}:
            yield "有多余的框", "、".join(sorted(extra)), number
        if any(abs(side - wanted) > SLACK for side, wanted in zip((found.trim.width, found.trim.height), file.trim, strict=True)):
            yield "成品尺寸不对", f"{millimetres(found.trim)}，应为 {file.edition.trim_mm[0]:.1f}×{file.edition.trim_mm[1]:.1f} mm", number
        if any(abs(one - other) > SLACK for one, other in zip(found.bleed, found.trim.grown(BLEED), strict=True)):
            yield "出血不是每边 3 mm", millimetres(found.bleed), number
        elif not found.media.holds(found.bleed.grown(SLUG)):
            yield "出血之外没有放标记的余地", millimetres(found.media), number
        if int(page.obj.get("/Rotate", 0)) % 360 or float(page.obj.get("/UserUnit", 1)) != 1:
            yield "页面被旋转或放大", "", number


def millimetres(box: Box) -> str:
    return f"{box.width / POINTS_PER_MM:.1f}×{box.height / POINTS_PER_MM:.1f} mm"


def marks(file: PressFile) -> Faults:
    """Two crop marks stand at each corner, a register mark on each side, words for the printer below; nothing else is outside the bleed."""
    for number, found in enumerate(file.frames, 1):
        trim, bleed = found.trim, found.bleed
        items = file.by_page[number]
        lines = [item.box for item in items if item.kind is Kind.STROKE and item.colour.space == ALL]
        if any(line.meets(bleed) for line in (box.grown(0.1) for box in lines)):
            yield "标记伸进了出血", "", number
        wanted = [(side, end, True) for side in (trim.left, trim.right) for end in (trim.low, trim.high)]
        wanted += [(side, end, False) for side in (trim.low, trim.high) for end in (trim.left, trim.right)]
        missing = [corner for corner in wanted if not any(is_crop(line, *corner) for line in lines)]
        if missing:
            yield "缺裁切线", f"{len(missing)} 处", number
        if missing_sides := {"下", "上", "左", "右"} - {side for line in lines if line.thickness > 1 for side in sides_of(line, bleed)}:
            yield "缺套准线", "、".join(sorted(missing_sides)), number
        beside = [item for item in items if not bleed.grown(0.1).meets(item.box.grown(0.05)) and item.colour.space != ALL and not item.colour.is_paper]
        if not any(item.box.high < bleed.low and item.colour.is_black_only for item in beside):
            yield "缺工单行", "", number
        if strange := [item for item in beside if not item.colour.is_black_only]:
            yield "出血之外有多余的内容", f"{strange[0].kind}（{strange[0].colour}）", number


def is_crop(line: Box, side: float, end: float, upright: bool) -> bool:
    """Tell whether a line carries on a side of the trim outside one end of it."""
    if upright:
        return abs(line.left - side) < SLACK and line.width < SLACK and BLEED - SLACK < distance(line.low, line.high, end) < 3 * BLEED
    return abs(line.low - side) < SLACK and line.height < SLACK and BLEED - SLACK < distance(line.left, line.right, end) < 3 * BLEED


def sides_of(item: Box, inner: Box) -> set[str]:
    """Say on which sides of a box another stands outside it."""
    told = {"下": item.high < inner.low, "上": item.low > inner.high, "左": item.right < inner.left, "右": item.left > inner.right}
    return {side for side, outside in told.items() if outside}


def distance(one: float, other: float, end: float) -> float:
    return min(abs(one - end), abs(other - end))


def bled(file: PressFile) -> Faults:
    """A rectangle or picture that comes to the edge of the page goes on to the edge of the bleed."""
    for number, found in enumerate(file.frames, 1):
        trim, bleed = found.trim, found.bleed
        for item in file.by_page[number]:
            if item.colour.is_paper or not (item.is_rectangle or item.kind in (Kind.IMAGE, Kind.SHADING)) or not item.box.meets(trim):
                continue
            here = item.box
            short = [
                name
                for name, inside, reach in (
                    ("左", here.left - trim.left, here.left - bleed.left), ("下", here.low - trim.low, here.low - bleed.low),
                    ("右", trim.right - here.right, bleed.right - here.right), ("上", trim.high - here.high, bleed.high - here.high),
                )
                if inside < 1 and reach > SLACK
            ]  # fmt: skip
            if short:
                yield "到边的色块没有出足出血", f"{item.kind}（{item.colour}），{'、'.join(short)}边", number


def safe(file: PressFile) -> Faults:
    """No letter stands so near the edge that it may be cut."""
    for number, (page, found) in enumerate(zip(file.words or drawn_words(file.pdf), file.frames, strict=True), 1):
        inner = found.trim.grown(-SAFE)
        cut = [char for char, where in page.outer if not inner.holds(Box(*where)) and found.bleed.meets(Box(*where))]
        if cut:
            yield "文字离成品边太近", "".join(cut)[:20], number


NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/", "xmp": "http://ns.adobe.com/xap/1.0/", "mm": "http://ns.adobe.com/xap/1.0/mm/",
    "pdf": "http://ns.adobe.com/pdf/1.3/", "pdfxid": "http://www.npes.org/pdfx/ns/id/", "pdfx": "http://ns.adobe.com/pdfx/1.3/",
}  # fmt: skip


def xmp(document: pikepdf.Pdf) -> Callable[[str], str]:
    """Return what gives a property of the XMP by its name, empty where it is not there. Raises ElementTree.ParseError."""
    root = ElementTree.fromstring(document.Root.Metadata.read_bytes()) if "/Metadata" in document.Root else ElementTree.Element("none")

    def value(name: str) -> str:
        found = root.find(f".//{name}", NAMESPACES)
        return "".join(found.itertext()).strip() if found is not None else ""

    return value


def declared(file: PressFile) -> Faults:
    """The file says which standard it follows, in the version that belongs to it; what it says of itself agrees (ISO 15930-7 6.2, 6.4)."""
    document, run, information = file.document, file.run, file.document.docinfo
    if document.pdf_version != run.version:
        yield "PDF 版本与标准不合", f"{document.pdf_version}，应为 {run.version}", 0
    if document.is_encrypted:
        yield "文件加了密", "", 0
    if "/ID" not in document.trailer:
        yield "文件没有标识（ID）", "", 0
    if run.is_old and re.search(rb"/Type\s*/(ObjStm|XRef)", file.pdf):
        yield "PDF/X-1a 不许用压缩的对象", "", 0
    try:
        said = xmp(document)
    except ElementTree.ParseError as error:
        yield "XMP 读不出", str(error), 0
        return
    version = str(information.get("/GTS_PDFXVersion", "")) if run.is_old else said("pdfxid:GTS_PDFXVersion")
    if version != (wanted := "PDF/X-1a:2003" if run.is_old else "PDF/X-4"):
        yield "没有声明所依的标准", f"{version or '无'}，应为 {wanted}", 0
    if str(information.get("/Trapped", "")) not in ("/False", "/True") or (not run.is_old and said("pdf:Trapped") not in ("False", "True")):
        yield "没有说明是否做过陷印", "", 0
    moment = f"{file.date}T00:00:00+08:00"
    stamp = f"D:{file.date.replace('-', '')}000000+08'00'"
    wanted_texts = {"/Title": file.title, "/CreationDate": stamp, "/ModDate": stamp}
    for key, text in wanted_texts.items():
        if str(information.get(key, "")) != text:
            yield f"文件信息 {key[1:]} 不对", f"{information.get(key, '无')}，应为 {text}", 0
    for name, text in {"dc:title": file.title, "xmp:CreateDate": moment, "xmp:ModifyDate": moment, "xmp:MetadataDate": moment}.items():
        if said(name) != text:
            yield f"XMP {name} 不对", f"{said(name) or '无'}，应为 {text}", 0
    for name in ("mm:DocumentID", "mm:VersionID", "mm:RenditionClass"):
        if not run.is_old and not said(name):
            yield f"XMP 缺 {name.replace('mm:', 'xmpMM:')}", "", 0


def intent(file: PressFile) -> Faults:
    """One output intent names the printing condition of the paper and holds its profile (ISO 15930-7 6.3)."""
    intents = [item for item in file.document.Root.get("/OutputIntents", Array()) if item.get("/S") == "/GTS_PDFX"]
    if len(intents) != 1:
        yield "输出意图不是恰好一个", f"{len(intents)} 个", 0
        return
    (given,) = intents
    condition = file.run.condition
    name = str(given.get("/OutputConditionIdentifier", ""))
    if name != condition.name:
        yield "输出意图与用纸不符", f"{name or '无'}，应为 {condition.name}", 0
    if "/RegistryName" not in given:
        yield "输出意图没有写明登记处", "", 0
    profile = given.get("/DestOutputProfile")
    content = profile.read_bytes() if profile is not None else b""
    if not content:
        yield "没有嵌入特性文件", "", 0
    elif content[12:16] != b"prtr" or content[16:20] != b"CMYK" or int(profile.get("/N", 0)) != 4:
        yield "特性文件不是四色印刷的", content[12:20].decode("latin-1"), 0
    elif content != file.run.profile:
        yield "特性文件不是本项目所用的", f"{condition.profile}，{len(content)} 字节", 0


INTERACTIVE = {
    "/AcroForm": "表单", "/OpenAction": "打开动作", "/AA": "动作", "/Outlines": "书签", "/AF": "附件", "/Names": "名称表（链接或附件）",
    "/OCProperties": "图层", "/StructTreeRoot": "结构标签", "/Dests": "链接目标",
}  # fmt: skip


def inert(file: PressFile) -> Faults:
    """Nothing in the file is for a screen (ISO 15930-7 6.13, 6.14)."""
    for key, name in INTERACTIVE.items():
        if key in file.document.Root:
            yield f"文件中有{name}", key[1:], 0
    for number, page in enumerate(file.document.pages, 1):
        if len(page.obj.get("/Annots", Array())):
            yield "页上有批注", "、".join(sorted({str(item.get("/Subtype", ""))[1:] for item in page.obj.Annots})), number
        if "/AA" in page.obj:
            yield "页上有动作", "", number


def inked(file: PressFile) -> Faults:
    """Every colour is given as ink: process, grey, the volume's spot ink, or the colour of the marks."""
    known = {"DeviceCMYK", "DeviceGray", "Pattern"}
    for number, items in sorted(file.by_page.items()):
        wrong = [item for item in items if not (item.colour.space in known or (item.colour.is_spot and item.colour.space in (ALL, spot_of(file.run))))]
        counts = Counter((item.kind, str(item.colour)) for item in wrong)
        for (kind, colour), count in counts.items():
            yield "颜色不是以油墨给出的", f"{kind}（{colour}）{count} 处", number
    for number, group in groups(file):
        if str(group.get("/CS", "/DeviceCMYK")) not in ("/DeviceCMYK", "/DeviceGray"):
            yield "透明组的颜色空间不是油墨", str(group.CS)[1:40], number


def groups(file: PressFile) -> Iterator[tuple[int, Any]]:
    """Yield the transparency groups of pages and forms."""
    for number, thing in file.drawn:
        if "/Group" in thing and thing.Group.get("/S") == Name.Transparency:
            yield number, thing.Group


def spot_of(run: PressRun) -> str:
    return run.inks.spot if run.spot else ""


def texts_inked(file: PressFile) -> Faults:
    """Letters are black alone, the second ink as it is fixed, or paper; so that no plate out of register blurs them."""
    for number, items in sorted(file.by_page.items()):
        wrong = Counter(str(item.colour) for item in items if item.kind is Kind.TEXT and item.colour.is_ink and not may_print_text(item.colour, file.run))
        for colour, count in wrong.items():
            yield "文字所用的墨不对", f"{colour}，{count} 处", number


def may_print_text(colour: Colour, run: PressRun) -> bool:
    if colour.is_paper or colour.is_black_only or (colour.is_spot and colour.space == spot_of(run)):
        return True
    return not run.spot and not colour.is_spot and same(colour, run.inks.press[SECOND])


def same(colour: Colour, mix: Mix) -> bool:
    return all(abs(colour.plates.get(plate, 0.0) - share) <= NEAR for plate, share in zip(PROCESS, mix, strict=True))


def overprinted(file: PressFile) -> Faults:
    """Black letters are laid over whatever is under them; nothing else is, for it would change colour or vanish."""
    for number, items in sorted(file.by_page.items()):
        standing = sum(item.kind is Kind.TEXT and item.colour.is_black_only and not item.overprint for item in items)
        if standing:
            yield "黑字没有叠印", f"{standing} 处", number
        for (kind, colour), count in Counter((item.kind, str(item.colour)) for item in items if item.overprint and not item.colour.is_black_only).items():
            yield "彩色或反白设了叠印", f"{kind}（{colour}）{count} 处", number


def total_ink(file: PressFile) -> Faults:
    """No spot inside the trim takes more ink than the paper."""
    for measured in file.coverage:
        if measured.most > file.run.condition.total_ink + NEAR:
            yield "总墨量过大", f"{measured.most:.0%}，不得超过 {file.run.condition.total_ink:.0%}", measured.page


POOR, LOW = "图像分辨率过低", "图像分辨率不足 300 dpi"
REVIEWED = {LOW}
"""What only a person can judge."""


def resolution(file: PressFile) -> Faults:
    for item in file.painted:
        if item.kind is Kind.IMAGE and item.ppi < LEAST_PPI - 0.5:
            yield POOR if item.ppi < POOR_PPI else LOW, f"{item.ppi:.0f} dpi，{millimetres(item.box)}", item.page


def hairlines(file: PressFile) -> Faults:
    for number, items in sorted(file.by_page.items()):
        thin = [width for item in items if (width := line_width(item)) is not None and width < HAIRLINE - 0.005]
        if thin:
            yield "线条过细", f"{min(thin):.2f} pt，{len(thin)} 处", number


def line_width(item: Painted) -> float | None:
    """Return how thick a line is, drawn as one or as a narrow rectangle; None for anything else and for paper."""
    if item.colour.is_paper:
        return None
    if item.kind is Kind.STROKE:
        return item.width
    if item.is_rectangle and item.box.thickness > 0 and max(item.box.width, item.box.height) > 4 * item.box.thickness:
        return item.box.thickness
    return None


def fonts(file: PressFile) -> Faults:
    seen: set[tuple[int, int]] = set()
    for number, thing in file.drawn:
        for font in thing.get("/Resources", Dictionary()).get("/Font", Dictionary()).values():
            if font.objgen in seen:
                continue
            seen.add(font.objgen)
            name = re.sub(r"^[A-Z]{6}\+", "", str(font.get("/BaseFont", "/?"))[1:])
            descriptor = (font.DescendantFonts[0] if "/DescendantFonts" in font else font).get("/FontDescriptor", Dictionary())
            program = next((descriptor[key] for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor), None)
            if not name.startswith(file.edition.fonts):
                yield "出现本项目以外的字体", name, number
            if program is None:
                yield "字体没有嵌入", name, number
            elif file.run.is_old and program.get("/Subtype") == Name.OpenType:
                yield "PDF/X-1a 不许嵌入 OpenType 字体", name, number


def transparency(file: PressFile) -> Faults:
    """PDF/X-1a knows no transparency at all."""
    if not file.run.is_old:
        return
    found: dict[int, set[str]] = defaultdict(set)
    for number, thing in file.drawn:
        for state in thing.get("/Resources", Dictionary()).get("/ExtGState", Dictionary()).values():
            found[number] |= set(see_through(state))
        if "/SMask" in thing:
            found[number].add("图像的透明蒙版")
    for number, _ in groups(file):
        found[number].add("透明组")
    for number, kinds in sorted(found.items()):
        if kinds:
            yield "有透明", "、".join(sorted(kinds)), number


def see_through(state: Any) -> Iterator[str]:
    if min(float(state.get("/ca", 1)), float(state.get("/CA", 1))) < 1:
        yield "不透明度"
    if str(state.get("/BM", "/Normal")) not in ("/Normal", "/Compatible"):
        yield "混合模式"
    if "/SMask" in state and state.SMask != Name("/None"):
        yield "蒙版"


RULES = {
    "PDF-401": page_count, "PDF-402": page_frames, "PDF-403": marks, "PDF-404": bled, "PDF-405": safe, "PDF-406": declared, "PDF-407": intent,
    "PDF-408": inert, "PDF-409": inked, "PDF-410": texts_inked, "PDF-411": overprinted, "PDF-412": total_ink, "PDF-413": resolution,
    "PDF-414": hairlines, "PDF-415": fonts, "PDF-416": transparency,
}  # fmt: skip
HINTS = {
    "PDF-404": "版式中使色块伸出成品边 3 mm",
    "PDF-405": "版式中使文字离边 1.5 mm 以上",
    "PDF-409": "在 styles/tokens/ink-press.css 中给出此色的油墨，或查 finish/painting.py",
    "PDF-410": "文字颜色改用 ink、soft 或 second",
    "PDF-412": "改用墨量较小的颜色，或换图像",
    "PDF-413": "换用像素较多的图像，或缩小尺寸",
}


PLATE_NAMES = dict(zip(PROCESS, ("青", "品红", "黄", "黑"), strict=True))


def most_ink(file: PressFile) -> tuple[float, int]:
    """Return the most ink of the file and the page it is on."""
    return max(((measured.most, measured.page) for measured in file.coverage), default=(0.0, 0))


def notes(file: PressFile) -> list[str]:
    """Say what was measured, for the report."""
    most, page = most_ink(file)
    means = {plate: sum(measured.means[plate] for measured in file.coverage) / max(1, len(file.coverage)) for plate in file.plates}
    shares = "，".join(f"{PLATE_NAMES.get(plate, plate)} {mean:.1%}" for plate, mean in means.items() if mean)
    return [f"PDF/{file.run.standard}，{file.run.condition.name}；最大总墨量 {most:.0%}（第 {page} 面）；各版平均着墨 {shares}"]
