"""The run-time on SpiffWorkflow 3.2.0: the only place (with `engine.spiff.*`) that imports it.

SpiffWorkflow gives the specification graph (`BpmnProcessSpec`, `BpmnTaskSpec`) and the life of a
task (ready, started, completed, cancelled, error, and the hooks between). The subclasses here give
BPMN's meaning where the library's differs: tokens do not copy data but share their instance's
variables, nothing is predicted, joins count the tokens that arrived on each flow, boundary events
listen as long as their host is active. Whatever must be remembered outside of the tokens goes
through `Effects`, so nothing in this package knows the database.
"""
