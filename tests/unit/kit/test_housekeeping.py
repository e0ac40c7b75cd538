"""What goes on by itself is declared in one place: the holds of some tables, and what is forgotten."""

from __future__ import annotations

from millstream.kit import housekeeping


def test_holds_of_each_table_run_out_and_what_is_old_is_forgotten() -> None:
    tasks = housekeeping("public.rentals", "public.tests")
    assert [task.name for task in tasks] == [
        "expire holds of public.rentals",
        "expire holds of public.tests",
        "forget idempotency keys",
        "forget notifications",
    ]
    assert [task.name for task in housekeeping()] == [task.name for task in tasks[2:]]
