"""Forms in plain words, with "don't know" everywhere; what nobody knows becomes a question."""

from workbench.forms.filling import check, choices, read, risky, save
from workbench.forms.form import DONT_KNOW, Choice, Field, Form, form, forms

__all__ = ["DONT_KNOW", "Choice", "Field", "Form", "check", "choices", "form", "forms", "read", "risky", "save"]
