"""Whatever keeps a join from being answered, the client hears it by the code that it knows."""

from __future__ import annotations

import pytest

from millstream.channels.refusals import subscribe_timeout, trouble_of
from millstream.errors import MillstreamError
from millstream.policy.topic_access import MessagesPartitionMissing
from millstream.postgres.errors import ConnectionLost, DatabaseError, DatabaseUnreachable, PoolWaitTimeout, RunTimeout


def database_error(sqlstate: str) -> DatabaseError:
    return DatabaseError({"C": sqlstate, "M": "no"})


@pytest.mark.parametrize(
    ("error", "code", "refusal"),
    [
        (PoolWaitTimeout("busy"), "increase_connection_pool", "IncreaseConnectionPool"),
        (RunTimeout("late"), "query_canceled", "QueryCanceled"),
        (database_error("57014"), "query_canceled", "QueryCanceled"),
        (database_error("53300"), "unable_to_connect_to_project", "DatabaseLackOfConnections"),
        (database_error("57P03"), "unable_to_connect_to_project", "InitializingProjectConnection"),
        (database_error("XX000"), "unable_to_connect_to_project", "UnableToConnectToProject"),
        (DatabaseUnreachable("gone"), "unable_to_connect_to_project", "UnableToConnectToProject"),
        (ConnectionLost("gone"), "unable_to_connect_to_project", "UnableToConnectToProject"),
        (MessagesPartitionMissing("no day"), "missing_partition", "MissingPartition"),
    ],
    ids=["pool", "timeout", "canceled", "connections", "starting", "other", "unreachable", "lost", "partition"],
)
def test_trouble_with_the_database_has_its_code(error: MillstreamError, code: str, refusal: str) -> None:
    trouble = trouble_of(error)
    assert (trouble.code, trouble.refusal.code) == (code, refusal)


def test_a_subscription_that_comes_too_late_says_after_how_long() -> None:
    expected = "PostgresChangesSubscribeTimeout: Timed out after 300ms waiting for the postgres_changes subscription"
    assert subscribe_timeout(300).reason == expected
