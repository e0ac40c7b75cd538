"""Rules for names: columns, quoted names, JSON paths, type names of casts, lists of names, dotted paths. Pure."""

from __future__ import annotations

from millstream.postgrest.grammar.cursor import Backtrack, Cursor, separated
from millstream.postgrest.grammar.terms import Field, JsonStep

FIELD_NAME = "field name (* or [a..z0..9_$])"
_AFTER_INDEX = ("->", "::", ".", ",", ")")


def is_identifier_character(character: str) -> bool:
    """Say whether a character may stand in an unquoted name: a letter, a digit, `_`, blank or `$`."""
    return character.isalpha() or character.isdigit() or character in "_ $"


def quoted_value(cursor: Cursor) -> str:
    r"""Read `"text"`, in which `\` makes the next character mean itself."""
    cursor.expect('"')
    read: list[str] = []
    while not cursor.at_end:
        read.append(cursor.take_until('"\\'))
        if cursor.accept('"'):
            return "".join(read)
        cursor.place += 1
        read.append(cursor.peek())
        cursor.place += 1
    raise cursor.failed('"\\""')


def identifier(cursor: Cursor, label: str = "letter or digit") -> str:
    """Read an unquoted name without dashes; blanks around it do not count."""
    name = cursor.take_while(is_identifier_character).strip()
    if not name:
        cursor.fail(label)
    return name


def field_name(cursor: Cursor) -> str:
    """Read a name, quoted or not; an unquoted one may have single dashes between its parts."""
    if cursor.peek() == '"':
        return quoted_value(cursor)
    parts = [identifier(cursor, FIELD_NAME)]
    while cursor.peek() == "-" and cursor.peek(2) != "->":
        cursor.place += 1
        parts.append(identifier(cursor))
    return "-".join(parts)


def _index(cursor: Cursor) -> str:
    sign = "-" if cursor.accept("-") else "+"
    digits = cursor.take_while(lambda character: character.isascii() and character.isdigit())
    if not digits:
        cursor.fail("digit")
    if not cursor.at_end and not any(cursor.text.startswith(end, cursor.place) for end in _AFTER_INDEX):
        cursor.fail("digit", '"->"', '"::"', '"."', '","', "end of input")
    return sign + digits


def json_path(cursor: Cursor) -> tuple[JsonStep, ...]:
    """Read `->key->>0` and so on; perhaps nothing."""
    steps: list[JsonStep] = []
    while cursor.peek(2) == "->":
        cursor.place += 2
        as_text = cursor.peek() == ">"
        cursor.place += as_text
        index = cursor.attempt(_index)
        steps.append(JsonStep(as_text, index=index) if index else JsonStep(as_text, key=field_name(cursor)))
    return tuple(steps)


def field(cursor: Cursor) -> Field:
    """Read a name with its JSON path, blanks around it allowed."""
    cursor.skip_blanks()
    name = field_name(cursor)
    path = json_path(cursor)
    cursor.skip_blanks()
    return Field(name, path)


def delimiter(cursor: Cursor) -> None:
    """Read the dot between the parts of a filter, an order or a path."""
    cursor.expect(".", "delimiter (.)")


def tree_path(cursor: Cursor) -> tuple[tuple[str, ...], Field]:
    """Read `embed.nested.column->path`: the names on the way, then the field."""
    names = [field_name(cursor)]
    while cursor.accept("."):
        names.append(field_name(cursor))
    return tuple(names[:-1]), Field(names[-1], json_path(cursor))


def name_list(cursor: Cursor) -> tuple[str, ...]:
    """Read names with commas between them, as in `columns` and `on_conflict`."""
    return separated(cursor, field_name)


def is_field_name(text: str) -> bool:
    """Say whether the whole text is one name."""
    cursor = Cursor(text, text)
    try:
        field_name(cursor)
    except Backtrack:
        return False
    return cursor.at_end
