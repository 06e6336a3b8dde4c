"""The fixed lists of the CRM. Keys are stored; labels are message ids."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {"natural": "Person", "legal": "Firm"}

ROLES: Mapping[str, str] = {
    "subscriber": "Subscriber",
    "patient": "Patient",
    "caregiver": "Caregiver",
    "employee": "Employee",
    "contractor": "Contractor",
    "supplier": "Supplier",
    "other": "Other",
}

RELATIONS: Mapping[str, str] = {
    "self": "The patient",
    "child": "Child",
    "spouse": "Spouse",
    "parent": "Parent",
    "relative": "Relative",
    "other": "Other",
}

CHANNELS: Mapping[str, str] = {
    "phone": "Phone",
    "voip": "VoIP",
    "website": "Website",
    "walk_in": "In person",
    "referral": "Referral",
    "sms": "SMS",
}

CHANNEL_NAMES_TOO: Mapping[str, str] = {"site": "website", "in_person": "walk_in"}
"""Other words for the same channels, accepted on entry."""

STATUSES: Mapping[str, str] = {
    "open": "Open ticket",
    "in_progress": "In progress",
    "closed": "Closed",
}

LOG_KINDS: Mapping[str, str] = {
    "note": "Note",
    "call": "Call",
    "sms": "SMS",
    "visit": "Visit",
    "process": "Process",
}
