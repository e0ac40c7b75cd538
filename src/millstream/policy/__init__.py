"""Who may see a row, a column, a topic. Auditable alone: when it cannot be decided, the answer is no."""
