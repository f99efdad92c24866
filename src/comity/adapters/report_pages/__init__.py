"""A report as a page and as a printed document: the same parts, in one of four languages, the same bytes each time."""

from comity.adapters.report_pages.document import (
    Figure,
    Heading,
    Items,
    Paragraph,
    Part,
    ReportDocument,
    Run,
    Table,
    Words,
)
from comity.adapters.report_pages.html import html_of
from comity.adapters.report_pages.pdf import Printed, pdf_of
from comity.adapters.report_pages.words import LANGUAGES, ReportWords, report_words

__all__ = [
    "LANGUAGES",
    "Figure",
    "Heading",
    "Items",
    "Paragraph",
    "Part",
    "Printed",
    "ReportDocument",
    "ReportWords",
    "Run",
    "Table",
    "Words",
    "html_of",
    "pdf_of",
    "report_words",
]
