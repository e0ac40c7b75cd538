"""What people do with their accounts, one file a subject; each flow is a function over a project's `Auth`."""
