"""All settings of one project in one object, so that a process can hold several projects and nothing is global.

Each part is declared by the package that uses it; `read_project_settings` fills them from the environment.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from millstream.asgi.operator_settings import OperatorSettings
from millstream.auth.settings import AuthSettings, development_defaults
from millstream.channels.settings import ChannelSettings
from millstream.errors import MillstreamError
from millstream.kit.push.settings import PushSettings
from millstream.live_views.settings import LiveViewSettings
from millstream.mail.settings import MailSettings
from millstream.operations.settings import OperationSettings
from millstream.policy.settings import PolicySettings
from millstream.postgres.settings import DatabaseSettings
from millstream.pubsub.settings import MailboxSettings
from millstream.rest.settings import DataApiSettings
from millstream.rooms.settings import RoomSettings
from millstream.server.settings import read_settings
from millstream.subscriptions.settings import SubscriptionSettings
from millstream.wal.settings import WalSettings
from millstream.webhooks.settings import WebhookSettings


class DevelopmentKeysExposed(MillstreamError):
    """The server would be reachable from elsewhere with keys that everybody knows."""

    code: ClassVar[str] = "development_keys_exposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """One project: where it is served, which database it has, and every limit.

    `prefix` is "" at the root of the server, else a path such as "/studyspot". `app` names an installed application.
    """

    name: str = "millstream"
    prefix: str = ""
    app: str | None = None
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    auth: AuthSettings = field(default_factory=AuthSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    wal: WalSettings = field(default_factory=WalSettings)
    policy: PolicySettings = field(default_factory=PolicySettings)
    mailboxes: MailboxSettings = field(default_factory=MailboxSettings)
    channels: ChannelSettings = field(default_factory=ChannelSettings)
    data_api: DataApiSettings = field(default_factory=DataApiSettings)
    rooms: RoomSettings = field(default_factory=RoomSettings)
    subscriptions: SubscriptionSettings = field(default_factory=SubscriptionSettings)
    operations: OperationSettings = field(default_factory=OperationSettings)
    live_views: LiveViewSettings = field(default_factory=LiveViewSettings)
    operators: OperatorSettings = field(default_factory=OperatorSettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    push: PushSettings = field(default_factory=PushSettings)


def read_project_settings(environ: Mapping[str, str] | None = None, **given: Any) -> ProjectSettings:
    """Fill every part from the environment; `given` fields of ProjectSettings win, None means not given."""
    fields = {name: value for name, value in given.items() if value is not None}
    parts = {
        "database": DatabaseSettings,
        "auth": AuthSettings,
        "mail": MailSettings,
        "wal": WalSettings,
        "policy": PolicySettings,
        "mailboxes": MailboxSettings,
        "channels": ChannelSettings,
        "data_api": DataApiSettings,
        "rooms": RoomSettings,
        "subscriptions": SubscriptionSettings,
        "operations": OperationSettings,
        "live_views": LiveViewSettings,
        "operators": OperatorSettings,
        "webhooks": WebhookSettings,
        "push": PushSettings,
    }
    for name, cls in parts.items():
        fields.setdefault(name, read_settings(cls, environ))
    return ProjectSettings(**fields)


def refuse_exposed_keys(settings: ProjectSettings, host: str) -> None:
    """Raise DevelopmentKeysExposed when the project has a key everybody knows and `host` is more than this machine."""
    known = development_defaults(settings.auth)
    if known and not is_loopback(host):
        raise DevelopmentKeysExposed(
            f"The project {settings.name} still has development keys ({', '.join(known)}), and {host} is not loopback.",
            hint="Set those variables to secrets of your own, or listen on 127.0.0.1.",
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the address; a name other than localhost counts as reachable."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
