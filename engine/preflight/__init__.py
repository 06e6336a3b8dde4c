"""Everything that is wrong with an upload, in one list, before anything is stored."""

from engine.preflight.catalogue import Catalogue
from engine.preflight.check import Report, check, examine
from engine.problems import Problem

__all__ = ["Catalogue", "Problem", "Report", "check", "examine"]
