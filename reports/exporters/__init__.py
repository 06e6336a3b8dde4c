"""Files made of sheets: `export("xlsx", sheet)`."""

from reports.exporters import paper, xlsx  # imported for what they register
from reports.exporters.base import Exported, Exporter, export, exporters

__all__ = ["Exported", "Exporter", "export", "exporters", "paper", "xlsx"]
