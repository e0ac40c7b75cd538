"""The composition root: settings, the services of a project, the supervisor, observers, embedded PostgreSQL."""
