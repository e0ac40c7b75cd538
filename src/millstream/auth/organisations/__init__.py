"""Organisations: the tenants of the applications, who belongs to them in which role, and who is invited."""
