"""The rows of other tables that policies read, such as memberships, followed in the log; asked by terms."""
