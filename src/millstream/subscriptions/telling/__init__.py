"""From a change to frames: who might want it, who may see it, what they are told."""
