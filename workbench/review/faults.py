"""What ended a run before its time, in plain words, and what to do next."""

from __future__ import annotations

import errno
from typing import NamedTuple

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from workbench.ledger import LedgerError

_MOST = 500
_NEXT = "then {again}"


class Fault(NamedTuple):
    """Why a run failed."""

    problem: str
    next_step: str
    """`{again}` stands for how to run it again."""


class OverTimeError(RuntimeError):
    """All cells together took too long."""


NOT_REPORTED = Fault(
    "the notebook ended without its finish record",
    f"keep the line ws.reviews.finish(review) in its last cell, {_NEXT}",
)
STOPPED = Fault("it was stopped by hand", f"nothing is left half done; when there is time, {_NEXT}")


def fault(error: BaseException, cell: int | None, cell_seconds: float) -> Fault:
    """Return what an error means; `cell` is the number of the cell that was running, from 1."""
    where = f"cell {cell}" if cell else "the notebook"
    if isinstance(error, KeyboardInterrupt):
        return STOPPED
    if isinstance(error, PapermillExecutionError):
        told = f"{where} failed with {error.ename}: {error.evalue}"
        return Fault(told[:_MOST], f"look at that cell in the output notebook and mend what it says, {_NEXT}")
    if isinstance(error, DeadKernelError):
        return Fault(f"the kernel died in {where}", f"see whether there was too little memory, {_NEXT}")
    if isinstance(error, CellTimeoutError):
        told = f"Timeout: {where} took longer than {cell_seconds:.0f} seconds"
        return Fault(told, f"see what it waits for, or raise cell_seconds under [runs] in workbench.toml, {_NEXT}")
    if isinstance(error, OverTimeError):
        told = f"Timeout: {error}"
        return Fault(told, f"see what takes so long, or raise run_seconds under [runs] in workbench.toml, {_NEXT}")
    return _of_the_machine(error)


def page_fault(error: BaseException) -> Fault:
    """Return what it means that the page could not be made."""
    told = f"the page could not be made: {type(error).__name__}: {error}"[:_MOST]
    return Fault(told, f"open the output notebook instead, and report it; {_NEXT.removeprefix('then ')}")


def _of_the_machine(error: BaseException) -> Fault:
    told = f"{type(error).__name__}: {error}"[:_MOST]
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Fault(f"the disk is full: {error}"[:_MOST], f"free some space, {_NEXT}")
    if isinstance(error, OSError):
        return Fault(f"the output could not be written: {told}"[:_MOST], f"make the folder reviews/ writable, {_NEXT}")
    if isinstance(error, LedgerError):
        return Fault(told, f"see to the ledger (workbench doctor), {_NEXT}")
    return Fault(told, f"report it if it happens twice; {_NEXT.removeprefix('then ')}")
