"""What the services beside this folder do with one row, done with many at once, in the caller's transaction."""
