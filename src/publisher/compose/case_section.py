"""One case -> its section of the book: opener with summary panel, then the sections in their fixed order."""

from publisher import book
from publisher.book import Facts, Heading, Line, Paragraph, Points
from publisher.case import Case, Comment, Evidence, PriorCancer, Series, Study, Treatment
from publisher.compose.figures import Figures, qr_code
from publisher.compose.marks import Marks
from publisher.compose.tables import MEASURE_EM, Tables, joined
from publisher.figures.course import course
from publisher.figures.function import function
from publisher.figures.markers import markers
from publisher.figures.skeleton import skeleton
from publisher.notation import rank

ABSENT = "未载"


def case_section(case: Case, measure_em: float = MEASURE_EM, address: str = "") -> book.Section:
    """Compose a case, its tables for a measure in ems; `address` is that of its volume, where it has one.

    Raises Rejected when an editor's note cannot be placed.
    """
    return CaseSection(case, measure_em, address).section()


class CaseSection:
    """The composition of one case: blocks are added in printing order."""

    def __init__(self, case: Case, measure_em: float, address: str):
        self.case, self.address = case, address
        self.marks = Marks(case)
        self.tables = Tables(str(case.id), str(case.number), self.marks, measure_em)
        self.figures = Figures(str(case.id), str(case.number))
        self.blocks: list[book.Block] = []
        self.level_one = 0

    def section(self) -> book.Section:
        case = self.case
        panel = self.panel()
        title = self.marks.line(case.title)
        self.background()
        self.presentation()
        self.examinations()
        self.diagnosis()
        self.treatment()
        self.course()
        self.outcome()
        self.commentary()
        self.particulars()
        self.notes()
        label = f"例{case.number}"
        return book.Section(
            id=str(case.id),
            kind="case",
            title=book.words(title),
            blocks=(book.Opener(label, title, panel, self.code()), *self.blocks),
            bookmark=2,
            number=str(case.number),
            running_head=f"{label}　{book.words(title)}",
        )

    def panel(self) -> Facts:
        """The summary panel; what the source lacks is 未载. It repeats the case and carries no note marks."""
        case, line = self.case, self.marks.line
        self.marks.plain = True
        patient = "，".join([f"{case.patient.sex}，{case.patient.age}", *([case.patient.occupation] if case.patient.occupation else [])])
        stages = ["　".join(part for part in (stage.context, stage.tnm, stage.stage, stage.edition) if part) for stage in case.staging]
        events = list(dict.fromkeys(f"{event.event}{self.at_site(event)}" for event in case.bone_events))
        main = [treatment for treatment in case.treatments if treatment.kind not in ("支持治疗", "心理治疗", "其他")]
        treatments = list(dict.fromkeys(f"{treatment.title}{unless_done(treatment)}" for treatment in main))
        items = (
            ("患者", line(patient)),
            (
                "诊断",
                line(
                    "；".join(item.text for item in case.diagnoses if item.kind in ("原发肿瘤", "复发", "转移"))
                    or "；".join(item.text for item in case.diagnoses)
                ),
            ),
            ("分期", line("；".join(stages))),
            ("转移部位", self.tables.sites(case.metastases)),
            ("骨相关事件", line("；".join(events))),
            ("主要治疗", line("；".join(treatments))),
            ("结局", line(case.outcome)),
        )
        self.marks.plain = False
        return Facts(tuple((book.plain(label), value or book.plain(ABSENT)) for label, value in items), "panel")

    def code(self) -> book.Code | None:
        """The code of the case's own page, one step below its volume's."""
        return qr_code(f"{self.address.rstrip('/')}/{self.case.id}", f"例{self.case.number}") if self.address else None

    def at_site(self, event) -> str:
        site = book.words(self.tables.where(event))
        return f"（{site}）" if site else ""

    # -- adding blocks ---------------------------------------------------------------------------------

    def heading(self, title: str | Line, level: int = 1, key: bool = False) -> None:
        anchor = f"{self.case.id}-h{sum(isinstance(block, Heading) for block in self.blocks) + 1}"
        line = self.marks.line(title) if isinstance(title, str) else title
        if level == 1:
            line = (book.Text(f"{rank(self.level_one)}、"), *line)
            self.level_one += 1
        self.blocks.append(Heading(line, level, anchor, key))

    def paragraphs(self, texts: list, style: str = "body") -> None:
        self.blocks += [Paragraph(self.marks.line(text), style) for text in texts]

    def labelled(self, label: str, *texts: str | None, key: bool = False) -> None:
        line = self.marks.line(*texts)
        if line:
            self.blocks.append(Paragraph((book.Text(f"{label}："), *line), "labelled", key))

    # -- the sections ----------------------------------------------------------------------------------

    def background(self) -> None:
        if self.case.background:
            self.heading("病例背景")
            self.paragraphs(self.case.background)

    def presentation(self) -> None:
        case = self.case
        self.heading("病例信息")
        patient = case.patient
        person = [self.marks.line(part) for part in (patient.sex, patient.age, patient.occupation)]
        self.blocks.append(Paragraph((book.Text("患者："), *joined(person, "，")), "labelled"))
        self.labelled("主诉", case.complaint)
        for text in patient.habits:
            self.labelled("个人史", text)
        if case.history.present:
            self.heading("现病史", 2)
            self.paragraphs(case.history.present)
        if case.history.past:
            self.heading("既往史", 2)
            self.paragraphs(case.history.past)
        if case.history.prior_cancer:
            self.prior_cancer(case.history.prior_cancer)
        if case.visit:
            self.heading("本次就诊", 2)
            self.paragraphs(case.visit)
        if case.examination:
            self.heading("入院查体", 2)
            self.blocks += self.tables.table(
                "体格检查", case.examination,
                [("部位或系统", book.Kind.TERM, self.tables.of("system")), ("所见", book.Kind.TEXT, self.tables.of("finding"))],
            )  # fmt: skip

    def prior_cancer(self, prior: PriorCancer) -> None:
        line = self.marks.line
        self.heading("既往肿瘤史", 2)
        items = [
            (line("确诊时间"), line(prior.at)),
            (line("诊断"), line(prior.diagnosis)),
            (line("病理分期"), joined([line(prior.tnm), line(prior.stage)], "，")),
            (line("免疫组化"), joined([self.tables.receptor(receptor) for receptor in prior.receptors], "，")),
        ]
        for treatment in prior.treatments:
            label, parts = line(treatment.kind), [line(treatment.regimen)]
            for dose in treatment.doses:
                parts.append(joined([self.tables.drug(dose), *[cell(dose) for _, _, cell in self.tables.dose_columns()]], " "))
            parts += [line(treatment.text), line(treatment.duration)]
            items.append((label, joined(parts, "，")))
        self.blocks.append(Facts(tuple((label, value) for label, value in items if value)))

    def examinations(self) -> None:
        case = self.case
        if not (case.studies or case.pathology or case.genes or case.labs):
            return
        self.heading("检查结果")
        if case.studies:
            self.heading("影像学及内镜检查", 2)
            for study in case.studies:
                self.study(study)
            self.blocks += self.tables.lesions(case.studies)
        if case.labs:
            self.blocks += self.tables.labs(case.labs)
            self.blocks += self.figures.figures([] if self.measured() else markers(case), follows=True)
        for pathology in case.pathology:
            at = ("（", pathology.at, "）") if pathology.at else ()
            self.heading(self.marks.line("病理：", pathology.specimen, *at), 2)
            self.labelled("方法", pathology.method)
            self.paragraphs(pathology.findings)
            self.labelled("病理诊断", pathology.diagnosis, key=True)
            self.blocks += self.tables.nodes(pathology.nodes)
            self.blocks += self.tables.receptors("免疫组化", pathology.ihc)
            self.blocks += self.tables.receptors("特殊染色", pathology.stains)
        self.blocks += self.tables.genes(case.genes)

    def study(self, study: Study) -> None:
        """One study as a paragraph with a run-in head; its lesions stand in the common table."""
        if not (study.tracer or study.findings or study.impression):
            return
        line = self.marks.line
        head = self.tables.study_name(study)
        said = [line("示踪剂", study.tracer, "。")] if study.tracer else []
        said += [line(text) for text in study.findings]
        if study.impression:
            said.append(line("印象：", study.impression, "。"))
        self.blocks.append(Paragraph((book.Run(head), *(piece for text in said for piece in text)), "study"))

    def diagnosis(self) -> None:
        case, line = self.case, self.marks.line
        if not (case.diagnoses or case.staging or case.metastases):
            return
        self.heading("诊断")
        if case.diagnoses:
            self.blocks.append(Points(tuple(line(item.text) for item in case.diagnoses), key=True))
        for stage in case.staging:
            label = line(stage.context) or book.plain("分期")
            parts = [line(stage.tnm), line(stage.stage), line(stage.edition)]
            self.blocks.append(Paragraph((*label, book.Text("："), *joined(parts, "，")), "labelled"))
        sites = self.tables.sites(case.metastases)
        if sites:
            self.blocks.append(Paragraph((book.Text("转移部位："), *sites), "labelled"))
        self.blocks += self.figures.figures([skeleton(case)])

    def treatment(self) -> None:
        case = self.case
        if not (case.treatments or case.principles):
            return
        self.heading("治疗方案")
        if case.principles:
            self.heading("治疗原则", 2)
            self.blocks.append(Points(tuple(self.marks.line(text) for text in case.principles)))
        for index, treatment in enumerate(case.treatments):
            self.one_treatment(treatment, rank(index))

    def one_treatment(self, treatment: Treatment, numeral: str) -> None:
        line = self.marks.line
        self.heading(line(f"（{numeral}）", treatment.title, unless_done(treatment)), 2, key=True)
        at = None if treatment.operation and treatment.operation.at == treatment.at else treatment.at
        facts = [("时间", at), ("治疗线", treatment.line), ("方案", treatment.regimen)]
        stated = [(*book.plain(f"{label}："), *line(value)) for label, value in facts if value]
        if stated:
            self.blocks.append(Paragraph(joined(stated, "；"), "labelled", key=True))
        self.paragraphs(treatment.text)
        operation = treatment.operation
        if operation:
            self.labelled("手术方式", operation.name, key=True)
            self.labelled("手术时间", operation.at)
            self.labelled("麻醉", operation.anaesthesia)
            for label, steps in (("手术过程", operation.steps), ("术后处理", operation.aftercare)):
                if steps:
                    self.blocks.append(Paragraph(book.plain(f"{label}："), "lead"))
                    self.blocks.append(Points(tuple(line(step) for step in steps)))
        self.blocks += self.tables.doses(line(treatment.title, "用药"), treatment.doses)
        self.blocks += self.tables.radiotherapy(treatment)
        if treatment.measures:
            self.blocks.append(Points(tuple(line(measure) for measure in treatment.measures), ordered=False))

    def course(self) -> None:
        case, tables = self.case, self.tables
        drawn = course(case)
        if not (case.course or case.timeline or case.dose_changes):
            self.blocks += self.figures.figures([drawn])
            return
        self.heading("治疗经过")
        self.paragraphs(case.course)
        self.blocks += tables.timeline(case.timeline)
        self.blocks += self.figures.figures([drawn], follows=bool(case.timeline))
        self.blocks += tables.dose_changes(case.dose_changes)

    def outcome(self) -> None:
        case, tables = self.case, self.tables
        follow_up = case.follow_up
        self.heading("疗效、安全性与随访")
        blocks = len(self.blocks)
        self.blocks += tables.responses(case.responses)
        self.blocks += tables.results(case.results)
        measured = self.measured()
        for series in case.series:
            self.blocks += tables.series(series)
            if measured and series is measured[-1]:
                self.blocks += self.figures.figures(markers(case), follows=True)
        self.blocks += tables.scores(case.scores)
        self.blocks += self.figures.figures([function(case)], follows=True)
        self.blocks += tables.quality_of_life(case.quality_of_life)
        self.blocks += tables.bone_events(case.bone_events)
        if not (case.diagnoses or case.staging or case.metastases):
            self.blocks += self.figures.figures([skeleton(case)], follows=True)
        self.blocks += tables.adverse_events(case.adverse_events)
        if follow_up:
            self.heading("随访", 2)
            self.labelled("随访时间", follow_up.length)
            self.labelled("骨改良药注射次数", follow_up.injections)
            self.paragraphs(follow_up.text)
        self.labelled("末次记录", case.outcome)
        if len(self.blocks) == blocks:
            self.blocks.append(Paragraph(book.plain(f"{ABSENT}。")))

    def measured(self) -> list[Series]:
        """Return the series that hold a figure; the markers are drawn after the last of them."""
        return [series for series in self.case.series if any(value.low is not None for point in series.points for value in point.values.values())]

    def commentary(self) -> None:
        if self.case.commentary:
            self.heading("病例点评")
            for comment in self.case.commentary:
                self.comment(comment, 2)

    def comment(self, comment: Comment, level: int) -> None:
        line = self.marks.line
        self.heading(comment.heading, level)
        self.paragraphs(comment.text, "comment")
        if comment.points:
            self.blocks.append(Points(tuple(line(point) for point in comment.points), style="comment"))
        for evidence in comment.evidence:
            self.evidence(evidence)
        for inner in comment.sections:
            self.comment(inner, min(level + 1, 3))

    def evidence(self, evidence: Evidence) -> None:
        line = self.marks.line
        if evidence.trial or evidence.study:
            head = joined([line(evidence.trial), line(evidence.study)], "：")
            self.blocks.append(Paragraph((book.Text("研究："), *head), "evidence", key=True))
        if evidence.population:
            self.blocks.append(Paragraph((book.Text("研究人群："), *line(evidence.population)), "evidence"))
        if evidence.arms:
            arms: list[Line] = [line(arm) for arm in evidence.arms]
            self.blocks.append(Paragraph((book.Text("比较："), *joined(arms, " 对 ")), "evidence"))
        self.blocks += self.tables.evidence(evidence)
        if evidence.conclusion:
            self.blocks.append(Paragraph((book.Text("结论："), *line(evidence.conclusion)), "evidence"))

    def particulars(self) -> None:
        """What a case report says of itself: the patient's view, consent, authors, key words, references."""
        case = self.case
        if not (case.perspective or case.consent or case.authors or case.keywords or case.references):
            return
        self.heading("报告信息")
        for label, texts in (
            ("患者自述", case.perspective),
            ("知情同意", [case.consent] if case.consent else []),
            ("作者", case.authors),
            ("关键词", case.keywords),
        ):
            line = joined([self.marks.line(text) for text in texts], "" if label == "患者自述" else "，")
            if line:
                self.blocks.append(Paragraph((book.Text(f"{label}："), *line), "labelled"))
        if case.references:
            self.blocks.append(Paragraph(book.plain("参考文献："), "lead"))
            self.blocks.append(Points(tuple(self.marks.line(text) for text in case.references)))

    def notes(self) -> None:
        """The notes go to the feet of the pages; what the source does not say closes the case."""
        notes = self.marks.notes()
        if notes.items:
            self.blocks.append(notes)
        absent = absences(self.case)
        if absent:
            self.blocks.append(Paragraph(book.plain(f"本例来源{ABSENT}：{'、'.join(absent)}。"), "absent"))


def unless_done(treatment: Treatment) -> str:
    """Say that a treatment was only planned, advised or not given."""
    return "" if treatment.status == "已实施" else f"（{treatment.status}）"


def absences(case: Case) -> list[str]:
    """Name what the source does not say, in the order of a case report."""
    ihc = any(item.ihc for item in case.pathology) or (case.history.prior_cancer and case.history.prior_cancer.receptors)
    performance = any(str(score.scale.entry.symbol or score.scale.entry.name) in ("ECOG", "KPS", "PS") for score in case.scores)
    present = {
        "职业": case.patient.occupation,
        "既往史": case.history.past or case.history.prior_cancer,
        "体格检查": case.examination,
        "影像学检查": case.studies,
        "实验室检查": case.labs or case.series,
        "病理": case.pathology,
        "免疫组化": ihc,
        "基因检测": case.genes,
        "诊断": case.diagnoses,
        "TNM分期": any(stage.tnm for stage in case.staging),
        "分期版本": any(stage.edition for stage in case.staging),
        "体力状况评分": performance,
        "疼痛评分": any(str(score.scale.entry.symbol) == "NRS" for score in case.scores),
        "肿瘤疗效评价": case.responses,
        "不良反应": case.adverse_events,
        "随访": case.follow_up,
    }
    return [label for label, value in present.items() if not value]
