"""Changes to a diagram's text: only the touched places change, everything else stays as it was."""
