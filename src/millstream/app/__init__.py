"""What an application declares: the facade that applications import.

An application is a package `millstream_apps.<name>` whose module `app` holds one `App` named `app`. It imports nothing
of Millstream but this package; what it declares is run by the server.
"""

from millstream.app.background import BackgroundTask, every
from millstream.app.declaration import App, DemoUser
from millstream.app.demo import Demo, Person
from millstream.operations import Context, Operation, OperationError, operation

__all__ = [
    "App",
    "BackgroundTask",
    "Context",
    "Demo",
    "DemoUser",
    "Operation",
    "OperationError",
    "Person",
    "every",
    "operation",
]
