"""What an application declares: the facade that applications import.

An application is a package `millstream_apps.<name>` whose module `app` holds one `App` named `app`. It imports nothing
of Millstream but this package; what it declares is run by the server.
"""

from millstream.app.background import BackgroundTask, every
from millstream.app.declaration import App, operations_of
from millstream.app.demo import Demo, DemoUser, Person
from millstream.app.inbound_webhook import InboundWebhook
from millstream.app.routes import Caller, CallerTransaction, GuestTransaction
from millstream.app.simulation import GUEST, Act, Player, Simulation, act
from millstream.change import Operation as RowOperation
from millstream.live_views import LiveView, Reads, reads
from millstream.operations import Context, Operation, OperationError, operation, refusal
from millstream.postgres.pool import SqlConnection
from millstream.rooms.change import Change as RoomChange
from millstream.rooms.declaration import Audience, ResourceRooms, RightsTable, RoomEvent, Rooms
from millstream.webhooks.capture.definition import Capture, CapturedChange, Payload, WebhookEvent
from millstream.webhooks.capture.make_payload import MakeBooking, MakeClient, MakePayload, MakeProvider, MakeSystem
from millstream.webhooks.signing.receiver import Receiver as WebhookReceiver
from millstream.webhooks.signing.receiver import WebhookRefused

__all__ = [
    "GUEST",
    "Act",
    "App",
    "Audience",
    "BackgroundTask",
    "Caller",
    "CallerTransaction",
    "Capture",
    "CapturedChange",
    "Context",
    "Demo",
    "DemoUser",
    "GuestTransaction",
    "InboundWebhook",
    "LiveView",
    "MakeBooking",
    "MakeClient",
    "MakePayload",
    "MakeProvider",
    "MakeSystem",
    "Operation",
    "OperationError",
    "Payload",
    "Person",
    "Player",
    "Reads",
    "ResourceRooms",
    "RightsTable",
    "RoomChange",
    "RoomEvent",
    "Rooms",
    "RowOperation",
    "Simulation",
    "SqlConnection",
    "WebhookEvent",
    "WebhookReceiver",
    "WebhookRefused",
    "act",
    "every",
    "operation",
    "operations_of",
    "reads",
    "refusal",
]
