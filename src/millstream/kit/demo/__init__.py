"""Demo data that is the same each time, relative to now: people, choices, times, rows.

For the `demo` of an application (`millstream.app.Demo`). Chance comes from names, never from the clock: the same name
gives the same people and the same choices, today and tomorrow.
"""

from millstream.kit.demo.catalogue import read_catalogue
from millstream.kit.demo.choices import Name, chance, people
from millstream.kit.demo.courses import Habits, steps_of
from millstream.kit.demo.times import at_place, days_around, fill_hours
from millstream.kit.demo.world import import_once, import_people, import_rows, insert, named_id, open_organisation

__all__ = [
    "Habits",
    "Name",
    "at_place",
    "chance",
    "days_around",
    "fill_hours",
    "import_once",
    "import_people",
    "import_rows",
    "insert",
    "named_id",
    "open_organisation",
    "people",
    "read_catalogue",
    "steps_of",
]
