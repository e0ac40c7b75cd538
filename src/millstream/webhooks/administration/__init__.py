"""What an operator asks for, the same by HTTP, on the command line and in Python: endpoints, replays, figures.

Each function takes the caller's claims: policies decide which endpoints exist for him. Deliveries are changed by the
service role, for endpoints that the caller was found to manage.
"""
