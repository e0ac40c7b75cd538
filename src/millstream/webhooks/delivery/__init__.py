"""From a delivery that is due to an attempt that is logged: claim, sign, send, settle."""
