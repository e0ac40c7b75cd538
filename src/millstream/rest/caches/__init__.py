"""What is kept of requests that came before, so that those like them cost little."""
