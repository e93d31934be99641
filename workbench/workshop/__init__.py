"""Workshops, in Python alone: `app.workshops`. Pages and widgets call what is here and nothing else."""

from workbench.workshop.agenda import Agenda, Step, agendas
from workbench.workshop.choosing import Suggestion
from workbench.workshop.counting import Count, Votes
from workbench.workshop.desk import NotOpenError
from workbench.workshop.namespace import Workshops
from workbench.workshop.participant import Participant
from workbench.workshop.session import Session

__all__ = [
    "Agenda",
    "Count",
    "NotOpenError",
    "Participant",
    "Session",
    "Step",
    "Suggestion",
    "Votes",
    "Workshops",
    "agendas",
]
