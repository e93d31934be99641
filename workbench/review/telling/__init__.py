"""Tell people how reviews went: a summary in plain words, sent by mail or webhook where that is switched on."""

from workbench.review.telling.namespace import Telling
from workbench.review.telling.summary import Section, Summary

__all__ = [
    "Section",
    "Summary",
    "Telling",
]
