"""Every element of BPMN 2.0.2's process part, and what becomes of it here.

Nothing is lost in silence: an element is read, or drawn only (with the reason), or named in a
note because it says something that is not carried out, or refused. An element of the standard's
namespace that stands in no table is refused as unknown.
"""

from __future__ import annotations

from typing import Final

from engine.bpmn.kinds import NodeKind
from engine.bpmn.source import Element, Source, attribute, local, namespace
from engine.bpmn.vocabulary import BPMN

READ: Final = frozenset(
    [
        *(kind.value for kind in NodeKind),
        *[
            "definitions",
            "process",
            "collaboration",
            "participant",
            "messageFlow",
            "extensionElements",
            "documentation",
            "laneSet",
            "childLaneSet",
            "lane",
            "flowNodeRef",
            "sequenceFlow",
            "conditionExpression",
            "script",
            "message",
            "signal",
            "error",
            "escalation",
            "eventDefinitionRef",
            "messageEventDefinition",
            "timerEventDefinition",
            "errorEventDefinition",
            "signalEventDefinition",
            "escalationEventDefinition",
            "terminateEventDefinition",
            "linkEventDefinition",
            "conditionalEventDefinition",
            "cancelEventDefinition",
            "compensateEventDefinition",
            "timeDate",
            "timeDuration",
            "timeCycle",
            "condition",
            "association",
            "activationCondition",
            "standardLoopCharacteristics",
            "multiInstanceLoopCharacteristics",
            "loopCondition",
            "loopCardinality",
            "completionCondition",
            "loopDataInputRef",
            "loopDataOutputRef",
            "inputDataItem",
            "outputDataItem",
            "humanPerformer",
            "potentialOwner",
            "performer",
            "resourceRole",
            "resourceAssignmentExpression",
            "formalExpression",
            "correlationKey",
            "correlationProperty",
            "correlationPropertyRef",
            "correlationPropertyRetrievalExpression",
            "correlationPropertyBinding",
            "correlationSubscription",
            "messagePath",
            "dataPath",
        ],
    ]
)

# What is drawn or declared and moves no token, whatever it says; why.
HARMLESS: Final[dict[str, str]] = {
    "incoming": "the flow's own ends are read",
    "outgoing": "the flow's own ends are read",
    "source": "a link is found by its name",
    "target": "a link is found by its name",
    "participantRef": "pools are read by their process",
    "participantMultiplicity": "says how many partners there may be, not what happens",
    "partnerEntity": "names an organisation",
    "partnerRole": "names an organisation",
    "interfaceRef": "technical interfaces are the connectors' business",
    "interface": "technical interfaces are the connectors' business",
    "operation": "technical interfaces are the connectors' business",
    "inMessageRef": "part of an interface",
    "outMessageRef": "part of an interface",
    "errorRef": "part of an interface",
    "supportedInterfaceRef": "technical interfaces are the connectors' business",
    "endPoint": "an address of an interface",
    "endPointRef": "an address of an interface",
    "textAnnotation": "a remark",
    "text": "a remark's text",
    "group": "a frame around elements",
    "category": "a name of groups",
    "categoryValue": "a name of groups",
    "categoryValueRef": "a name of groups",
    "dataObject": "variables need no declaration",
    "dataObjectReference": "variables need no declaration",
    "dataStore": "drawn only",
    "dataStoreReference": "drawn only",
    "dataState": "drawn only",
    "itemDefinition": "variables carry their own type",
    "import": "nothing is fetched",
    "extension": "declares another tool's words, which are named where they stand",
    "relationship": "ties documents to each other",
    "auditing": "everything is recorded in the history",
    "monitoring": "everything is recorded in the history",
    "rendering": "forms show the step",
    "supports": "names other processes",
    "partitionElement": "a lane's own meaning",
    "partitionElementRef": "a lane's own meaning",
    "resource": "people are named by performers",
    "resourceParameter": "people are named by performers",
    "resourceRef": "people are named by performers",
    "resourceParameterBinding": "people are named by performers",
}

# What says something that is not carried out: told in a note.
TOLD: Final = frozenset(
    [
        "ioSpecification",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
        "dataInputRefs",
        "dataOutputRefs",
        "optionalInputRefs",
        "whileExecutingInputRefs",
        "optionalOutputRefs",
        "whileExecutingOutputRefs",
        "inputSetRefs",
        "outputSetRefs",
        "ioBinding",
        "property",
        "operationRef",
        "dataInputAssociation",
        "dataOutputAssociation",
        "sourceRef",
        "targetRef",
        "transformation",
        "assignment",
        "from",
        "to",
        "complexBehaviorDefinition",
        "noneBehaviorEventRef",
        "oneBehaviorEventRef",
        "messageFlowAssociation",
        "participantAssociation",
        "innerParticipantRef",
        "outerParticipantRef",
        "innerMessageFlowRef",
        "outerMessageFlowRef",
        "conversation",
        "callConversation",
        "subConversation",
        "conversationLink",
        "conversationNode",
        "conversationAssociation",
        "globalConversation",
        "messageFlowRef",
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
        "choreographyRef",
    ]
)
REFUSED: Final = frozenset(
    [
        "choreography",
        "globalChoreographyTask",
        "choreographyTask",
        "callChoreography",
        "subChoreography",
        "implicitThrowEvent",
    ]
)

# Attributes that change the meaning when they are not these values.
ONLY: Final[dict[str, tuple[str, ...]]] = {
    "startQuantity": ("1",),
    "completionQuantity": ("1",),
    "parallelMultiple": ("false", "0"),
    "cancelRemainingInstances": ("true", "1", "false", "0"),
}


def check_standard(source: Source) -> None:
    """Refuse or name what of the standard is not carried out."""
    for element in source.root.iter():
        if namespace(element) != BPMN:
            continue
        tag = local(element)
        if tag in REFUSED:
            source.report("support.standard", element, tag=tag)
        elif tag in TOLD and _outermost(element):
            source.report("read.not-carried-out", element, tag=tag)
        _check_attributes(source, element)


def _outermost(element: Element) -> bool:
    above = element.getparent()
    return above is None or local(above) not in TOLD


def _check_attributes(source: Source, element: Element) -> None:
    for name, allowed in ONLY.items():
        written = attribute(element, name)
        if written and written not in allowed:
            source.report("support.standard-attribute", element, attribute=name, value=written)
