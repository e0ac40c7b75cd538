"""`millstream webhooks endpoints`: make, look at, change, pause and remove the receivers of webhooks."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from millstream.cli.console import output, show_done
from millstream.cli.webhooks.operator import OPERATOR, EndpointId, administer, checked, table
from millstream.webhooks.administration import endpoints as administration
from millstream.webhooks.administration.models import EndpointChange, EndpointView, NewEndpoint, Rotation
from millstream.webhooks.endpoints.endpoint import EndpointState

endpoints = typer.Typer(name="endpoints", help="The receivers of webhooks.", no_args_is_help=True)

Events = Annotated[list[str] | None, typer.Option("--events", help="Types wanted, such as booking.*; all by default.")]
Description = Annotated[str | None, typer.Option(help="What it is, for people.")]
Ordering = Annotated[str | None, typer.Option(help="key, endpoint or none: what is sent one after the other.")]
RetryName = Annotated[
    str | None, typer.Option(help="Schedule: standard, stripe, make, quick, none, or 1,5,30 seconds.")
]
Header = Annotated[list[str] | None, typer.Option(help="Header of its own, as `Name: value`.")]


@endpoints.command("list")
def show_list() -> None:
    """Show all endpoints with their state."""
    found = administer(lambda admin: administration.list_endpoints(admin, OPERATOR))
    output().print(table(("id", "state", "due", "dead", "failures", "url"), map(_row, found)))


@endpoints.command()
def create(
    url: Annotated[str, typer.Argument(help="Where events are sent: https, on the public internet.")],
    *,
    events: Events = None,
    preset: Annotated[str, typer.Option(help="standard, make, n8n, zapier, slack or discord.")] = "standard",
    description: Description = None,
    ordering: Ordering = None,
    retry: RetryName = None,
    header: Header = None,
) -> None:
    """Make an endpoint and print its id and its secrets."""
    options = _options(events=events, description=description, ordering=ordering, retry=retry, header=header)
    wanted = checked(lambda: NewEndpoint(url=url, preset=preset, **options))
    made = administer(lambda admin: administration.create_endpoint(admin, OPERATOR, wanted))
    show_done(f"made the endpoint {made.endpoint.id}")
    output().print(f"id      {made.endpoint.id}")
    for secret in made.secrets:
        output().print(f"{secret.kind:<7} {secret.public or secret.secret}")


@endpoints.command()
def show(endpoint_id: EndpointId) -> None:
    """Show an endpoint with its health."""
    found = administer(lambda admin: administration.get_endpoint(admin, OPERATOR, endpoint_id))
    values = found.model_dump(exclude={"health"}) | found.health.model_dump()
    output().print(table(("", ""), values.items()))


@endpoints.command()
def update(
    endpoint_id: EndpointId,
    *,
    url: Annotated[str | None, typer.Option(help="Where events are sent from now on.")] = None,
    events: Events = None,
    description: Description = None,
    ordering: Ordering = None,
    retry: RetryName = None,
    header: Header = None,
) -> None:
    """Change what is given; the rest stays."""
    options = _options(url=url, events=events, description=description, ordering=ordering, retry=retry, header=header)
    change = checked(lambda: EndpointChange(**options))
    administer(lambda admin: administration.update_endpoint(admin, OPERATOR, endpoint_id, change))
    show_done(f"changed the endpoint {endpoint_id}")


@endpoints.command()
def pause(endpoint_id: EndpointId) -> None:
    """Send nothing for a while; events are kept."""
    _set(endpoint_id, EndpointState.PAUSED)


@endpoints.command()
def enable(endpoint_id: EndpointId) -> None:
    """Send again, what was kept first."""
    _set(endpoint_id, EndpointState.ENABLED)


@endpoints.command()
def disable(endpoint_id: EndpointId) -> None:
    """Send nothing until it is enabled; events are kept."""
    _set(endpoint_id, EndpointState.DISABLED)


@endpoints.command()
def delete(
    endpoint_id: EndpointId,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask. For scripts.")] = False,
) -> None:
    """Remove an endpoint with what is still due there."""
    if not yes:
        typer.confirm("What is still to be sent there is lost. Delete the endpoint?", abort=True, err=True)
    administer(lambda admin: administration.delete_endpoint(admin, OPERATOR, endpoint_id))
    show_done(f"deleted the endpoint {endpoint_id}")


@endpoints.command()
def secrets(endpoint_id: EndpointId) -> None:
    """Print the secrets that are valid, the newest first."""
    found = administer(lambda admin: administration.get_secrets(admin, OPERATOR, endpoint_id))
    output().print(table(("kind", "secret", "expires"), ((s.kind, s.public or s.secret, s.expires_at) for s in found)))


@endpoints.command()
def rotate(
    endpoint_id: EndpointId,
    *,
    overlap_hours: Annotated[float, typer.Option(help="How long the old secret goes on signing.")] = 24,
    kind: Annotated[str, typer.Option(help="v1 or v1a.")] = "v1",
) -> None:
    """Make a new secret and print it."""
    wanted = checked(lambda: Rotation(overlap_hours=overlap_hours, kind=kind))  # type: ignore[arg-type]
    made = administer(lambda admin: administration.rotate_secret(admin, OPERATOR, endpoint_id, wanted))
    output().print(made.public or made.secret)


def _set(endpoint_id: EndpointId, state: EndpointState) -> None:
    administer(lambda admin: administration.set_state(admin, OPERATOR, endpoint_id, state, "by an operator"))
    show_done(f"the endpoint {endpoint_id} is {state.value}")


def _options(
    *, events: list[str] | None, retry: str | None, header: list[str] | None, **others: str | None
) -> dict[str, Any]:
    """Return the options that were given, as the models take them."""
    schedule: Any = retry
    if retry and retry[0].isdigit():
        schedule = [float(wait) if wait.replace(".", "", 1).isdigit() else wait for wait in retry.split(",")]
    headers = {name.strip(): value.strip() for name, _, value in (one.partition(":") for one in header or ())}
    given = {"event_types": events or None, "retry": schedule, "headers": headers or None, **others}
    return {name: value for name, value in given.items() if value is not None}


def _row(one: EndpointView) -> tuple[Any, ...]:
    state = f"{one.state.value} ({one.state_reason})" if one.state_reason else one.state.value
    return (one.id, state, one.due, one.dead, one.health.failures, one.url)
