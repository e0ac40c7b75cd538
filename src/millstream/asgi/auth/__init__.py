"""The HTTP edge of sign-in: `/auth/v1` with its bodies, answers and routes."""
