"""What screens and services ask of classes."""
