"""stub"""
from millstream.postgrest.errors import NotImplementedYet
async def describe_schema(*a):  # type: ignore
    raise NotImplementedYet("openapi")
