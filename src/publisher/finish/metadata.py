"""What a file says of itself: document information, the same in XMP, its standards and colours (PDF/A-3 6.6, PDF/UA-1 clause 5)."""

from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publisher import book

SRGB = Path(__file__).with_name("srgb.icc")
"""The sRGB colour space as an ICC profile (version 4.2), computed by LittleCMS."""
CREATOR = "casebook-publisher"
ZONE = "+08:00"

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag>{words}</rdf:Bag></dc:subject>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:MetadataDate>{date}</xmp:MetadataDate>
<pdf:Producer>{producer}</pdf:Producer>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def pdf_date(date: str) -> str:
    """Write the day of the edition as PDF does: midnight in Beijing."""
    return f"D:{date.replace('-', '')}000000{ZONE.replace(':', chr(39))}'"


def describe(pdf: pikepdf.Pdf, whole: book.Book) -> None:
    """Write the document information and the XMP that agrees with it; dates are the edition's own."""
    keywords = "，".join(whole.keywords)
    producer = str(pdf.docinfo.get("/Producer", CREATOR))
    information = {
        "/Title": whole.title, "/Author": whole.author, "/Subject": whole.subject, "/Keywords": keywords, "/Creator": CREATOR,
        "/Producer": producer, "/CreationDate": pdf_date(whole.date), "/ModDate": pdf_date(whole.date),
    }  # fmt: skip
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    for key, value in information.items():
        pdf.docinfo[key] = String(value)
    texts = {
        "title": whole.title, "author": whole.author, "subject": whole.subject, "keywords": keywords, "language": whole.language,
        "creator": CREATOR, "producer": producer, "date": f"{whole.date}T00:00:00{ZONE}",
    }  # fmt: skip
    words = "".join(f"<rdf:li>{escape(word)}</rdf:li>" for word in whole.keywords)
    xmp = XMP.format(words=words, **{name: escape(text) for name, text in texts.items()})
    pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Lang = String(whole.language)
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def name_colours(pdf: pikepdf.Pdf) -> None:
    """Say that all colours of the file are sRGB (PDF/A-3 6.2.3)."""
    profile = pdf.make_stream(SRGB.read_bytes(), N=3)
    condition = String("sRGB IEC61966-2.1")
    intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=condition, Info=condition, DestOutputProfile=profile)
    pdf.Root.OutputIntents = Array([intent])
