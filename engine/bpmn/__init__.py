"""BPMN as Ravand reads it: diagram text in, frozen models out."""
