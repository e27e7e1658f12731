"""The guideline chapter: topics and statements, each pointing to the cases that say so."""

from publisher import book
from publisher.book import Heading, Paragraph, Reference, Run, Section, Text, plain
from publisher.collection import VolumeSource
from publisher.compose.marks import Marks, noted
from publisher.notation import rank
from publisher.volume import Statement, Topic


def guideline_section(source: VolumeSource) -> Section:
    guideline = source.guideline
    marks = Marks(guideline, "guideline")
    blocks: list[book.Block] = [
        Heading(plain(guideline.title), 1, "guideline-h0"),
        *(Paragraph(marks.line(text)) for text in guideline.text),
    ]
    for index, topic in enumerate(guideline.topics):
        add_topic(blocks, topic, 2, f"{rank(index)}、", source, marks)
    blocks += noted(marks, "guideline-notes")
    return Section("guideline", "guideline", str(guideline.title), tuple(blocks), recto=True, running_head=str(guideline.title))


def add_topic(blocks: list[book.Block], topic: Topic, level: int, numeral: str, source: VolumeSource, marks: Marks) -> None:
    number = sum(isinstance(block, Heading) for block in blocks)
    blocks.append(Heading(marks.line(numeral, topic.heading), level, f"guideline-h{number}"))
    blocks += [Paragraph(marks.line(text)) for text in topic.text]
    for statement in topic.statements:
        blocks.append(Paragraph(statement_line(statement, source, marks), "statement"))
        if statement.caveat:
            blocks.append(Paragraph((Run(plain("限定")), *marks.line(statement.caveat)), "caveat"))
    for index, inner in enumerate(topic.topics):
        add_topic(blocks, inner, 3, f"{index + 1}. ", source, marks)


def statement_line(statement: Statement, source: VolumeSource, marks: Marks) -> book.Line:
    pieces: list[book.Piece] = [Run(marks.line(statement.topic))] if statement.topic else []
    pieces += marks.line(statement.text)
    if statement.cases:
        pieces.append(Text("［"))
        for index, slug in enumerate(statement.cases):
            if index:
                pieces.append(Text("、"))
            pieces.append(Reference(f"例{source.cases[slug].number}", str(slug)))
        pieces.append(Text("］"))
    return tuple(pieces)
