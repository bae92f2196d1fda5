"""Sources: how the files of a drop become text columns, whatever their format.

drop        finds the files; manifest, table_mapping, wide and terms read `source.toml`
registry    which reader serves which format
titles      what stands above a header, and files in which no header is known
text        CSV and NDJSON: what is clean is read as it stands, what is not is taken apart line by line
parquet, xlsx, redcap, fhir
            a folder each, whose `reader` makes a file into a table of text
sniffing    how a file without a mapping is probably written; xlsx, redcap and fhir know their own
"""

from pipeline.sources.drop import DataFile, Drop, open_drop
from pipeline.sources.fhir.settings import TABLE
from pipeline.sources.manifest import read_manifest
from pipeline.sources.redcap.settings import RECORD
from pipeline.sources.registry import stage
from pipeline.sources.sniffing import Sniffed, readable, sniff
from pipeline.sources.staged import Staged, used_headers
from pipeline.sources.text.csv_file import lay_out
from pipeline.sources.xlsx.layout import lay_out_sheet
from pipeline.sources.xlsx.sniffing import SheetLook

ADDED = frozenset({TABLE, RECORD})
"""Headers of columns that a reader adds to what is in the file: nobody is told of them."""

__all__ = [
    "ADDED",
    "DataFile",
    "Drop",
    "SheetLook",
    "Sniffed",
    "Staged",
    "lay_out",
    "lay_out_sheet",
    "open_drop",
    "read_manifest",
    "readable",
    "sniff",
    "stage",
    "used_headers",
]
