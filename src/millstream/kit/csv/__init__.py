"""Rows out as CSV or JSON and in as CSV: streamed and safe to open, checked whole before anything is written."""

from millstream.kit.csv.export import Form, export_response, exported
from millstream.kit.csv.fields import Field, choice, day, instant, money, text, truth, whole_number
from millstream.kit.csv.importing import Import, ImportReport, OnDuplicate, RowFault, import_csv
from millstream.kit.csv.reading import CsvUnreadable

__all__ = [
    "CsvUnreadable",
    "Field",
    "Form",
    "Import",
    "ImportReport",
    "OnDuplicate",
    "RowFault",
    "choice",
    "day",
    "export_response",
    "exported",
    "import_csv",
    "instant",
    "money",
    "text",
    "truth",
    "whole_number",
]
