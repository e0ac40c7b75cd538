"""What an application declares: the facade that applications import."""
