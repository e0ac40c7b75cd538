"""Who receives: endpoints, their secrets, and the addresses that may be called."""
