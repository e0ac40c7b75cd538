"""Plans to SQL: text from names that the schema cache knows, and parameters for everything that a user sent."""

from millstream.postgrest.sql.statement import Rendered, render

__all__ = ["Rendered", "render"]
