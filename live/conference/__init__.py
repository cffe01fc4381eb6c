"""Picture and sound by a conference system that the operator has already, in the place of Janus."""
