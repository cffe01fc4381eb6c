"""Picture and sound: what is asked of the media server, Janus. Nothing in here knows a row."""
