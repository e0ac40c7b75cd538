"""Sign-in by identity providers that speak OpenID Connect: configured by name, found by their discovery documents."""
