"""What a client asks to hear of: a binding, its filters, and what it compiles to. Pure."""
