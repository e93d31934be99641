"""Forms in plain words, with "don't know" everywhere; what nobody knows becomes a question."""

from workbench.forms.checking import check, twin
from workbench.forms.errors import Both, FormConflictError, FormError
from workbench.forms.filling import make, risky, save, suggested
from workbench.forms.form import DONT_KNOW, Answer, Choice, Field, Form, form, forms
from workbench.forms.meanwhile import meanwhile
from workbench.forms.reading import answers_of, choices, read

__all__ = [
    "DONT_KNOW", "Answer", "Both", "Choice", "Field", "Form", "FormConflictError", "FormError", "answers_of", "check",
    "choices", "form", "forms", "make", "meanwhile", "read", "risky", "save", "suggested", "twin",
]  # fmt: skip
