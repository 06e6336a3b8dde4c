"""Everything that is wrong with an upload, in one list, before anything is stored."""

from engine.preflight.catalogue import Catalogue, catalogue_of
from engine.preflight.check import check, check_path
from engine.preflight.fix import Answer, AnswersRefused, fix, proposals
from engine.preflight.questions import Choice, Question
from engine.preflight.report import Report
from engine.problems import Problem

__all__ = [
    "Answer",
    "AnswersRefused",
    "Catalogue",
    "Choice",
    "Problem",
    "Question",
    "Report",
    "catalogue_of",
    "check",
    "check_path",
    "fix",
    "proposals",
]
