"""From a change to an event and its deliveries, in the transaction that also says how far the log was captured."""
