"""The tables. Importing this package declares all of them."""

from storage.models.base import IdentifiedRow, Row, metadata, table
from storage.models.cases import (
    Accused,
    Approval,
    Case,
    CaseEvent,
    CaseNumber,
    Counter,
    DeliveryAttempt,
    Evidence,
    Report,
    Step,
    StudySheet,
)
from storage.models.knowledge import CalendarDay, Edition, ProfileText, Standard, Version
from storage.models.messages import ContentTemplate, Conversation, Inbox, Media, Miss, OfficerRequest, Outbox, Task
from storage.models.people import Agency, Officer, Party

__all__ = [
    "Accused",
    "Agency",
    "Approval",
    "CalendarDay",
    "Case",
    "CaseEvent",
    "CaseNumber",
    "ContentTemplate",
    "Conversation",
    "Counter",
    "DeliveryAttempt",
    "Edition",
    "Evidence",
    "IdentifiedRow",
    "Inbox",
    "Media",
    "Miss",
    "Officer",
    "OfficerRequest",
    "Outbox",
    "Party",
    "ProfileText",
    "Report",
    "Row",
    "Standard",
    "Step",
    "StudySheet",
    "Task",
    "Version",
    "metadata",
    "table",
]
