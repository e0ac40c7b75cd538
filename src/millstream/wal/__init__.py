"""The log in: slot, publication, and the tailer that hands each transaction to the sinks."""
