"""One model for five dialects: other tools' settings become our own words, in memory, before the
reader sees the file; the stored file stays as it was uploaded."""

from engine.bpmn.dialects.translate import DIALECTS, SPACES, Translation, translate

__all__ = ["DIALECTS", "SPACES", "Translation", "translate"]
