"""Who is calling: claims and the three database roles. Pure: values only, verified elsewhere (`auth.tokens`)."""

from millstream.identity.claims import ANONYMOUS, Claims
from millstream.identity.roles import Role

__all__ = ["ANONYMOUS", "Claims", "Role"]
