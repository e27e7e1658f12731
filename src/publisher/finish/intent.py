"""What a PDF/X file says of itself: the printing condition it was made for, document information, XMP; nothing interactive."""

import uuid
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from publisher import book
from publisher.finish.metadata import CREATOR, ZONE, pdf_date
from publisher.inks import PressRun

REGISTRY = "http://www.color.org"
KEPT = {"/Type", "/Pages", "/PageLabels"}
"""Of the catalogue; outlines, names, actions, forms, structure go."""
KEPT_ON_PAGES = {"/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/BleedBox", "/TrimBox"}
X4, X1A = "PDF/X-4", "PDF/X-1a:2003"
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" \
xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate><xmp:MetadataDate>{moment}</xmp:MetadataDate>
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<xmpMM:DocumentID>uuid:{identity}</xmpMM:DocumentID><xmpMM:VersionID>1</xmpMM:VersionID><xmpMM:RenditionClass>default</xmpMM:RenditionClass>
<pdf:Producer>{tool}</pdf:Producer><pdf:Keywords>{keywords}</pdf:Keywords><pdf:Trapped>False</pdf:Trapped>
{version}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def strip(document: pikepdf.Pdf) -> None:
    """Remove everything that is for a screen."""
    for key in set(document.Root.keys()) - KEPT:
        del document.Root[key]
    for page in document.pages:
        for key in set(page.obj.keys()) - KEPT_ON_PAGES:
            del page.obj[key]


def declare(document: pikepdf.Pdf, whole: book.Book, run: PressRun, title: str) -> None:
    """Write the output intent, the document information and its XMP."""
    profile = document.make_stream(run.profile)
    profile.N = 4
    document.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFX,
                OutputConditionIdentifier=String(run.condition.name),
                OutputCondition=String(run.condition.description),
                RegistryName=String(REGISTRY),
                Info=String(f"{run.condition.name}: {run.condition.description}"),
                DestOutputProfile=profile,
            )
        ]
    )
    information(document, whole, run, title)
    metadata = document.make_stream(xmp(whole, run, title).encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    document.Root.Metadata = metadata


def information(document: pikepdf.Pdf, whole: book.Book, run: PressRun, title: str) -> None:
    day = pdf_date(whole.date)
    for key in list(document.docinfo.keys()):
        del document.docinfo[key]
    texts = {
        "/Title": title,
        "/Author": whole.author,
        "/Subject": whole.subject,
        "/Keywords": "，".join(whole.keywords),
        "/Creator": CREATOR,
        "/Producer": CREATOR,
        "/CreationDate": day,
        "/ModDate": day,
    }
    if run.is_old:
        texts["/GTS_PDFXVersion"] = X1A
    for key, value in texts.items():
        document.docinfo[key] = String(value)
    document.docinfo["/Trapped"] = Name("/False")


def xmp(whole: book.Book, run: PressRun, title: str) -> str:
    version = f"<pdfx:GTS_PDFXVersion>{X1A}</pdfx:GTS_PDFXVersion>" if run.is_old else f"<pdfxid:GTS_PDFXVersion>{X4}</pdfxid:GTS_PDFXVersion>"
    fields = {
        "title": title,
        "author": whole.author,
        "subject": whole.subject,
        "language": whole.language,
        "moment": f"{whole.date}T00:00:00{ZONE}",
        "tool": CREATOR,
        "identity": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{whole.id}/{title}/{whole.date}/{run.standard}")),
        "keywords": "，".join(whole.keywords),
    }
    return XMP.format(version=version, **{name: escape(value) for name, value in fields.items()})
