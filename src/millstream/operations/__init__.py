"""Typed functions that run as the caller in one transaction, called by name over HTTP.

`operation` makes one of an async function, `Operations` holds those of a project and runs them for a `Caller`,
`Context` is what each is given, and every refusal is an `OperationError`; `refusal` makes kinds of it.
"""

from millstream.operations.call import Caller, Operations
from millstream.operations.context import SERVICE, Context
from millstream.operations.errors import OperationError, refusal
from millstream.operations.operation import Operation, operation

__all__ = ["SERVICE", "Caller", "Context", "Operation", "OperationError", "Operations", "operation", "refusal"]
