"""How fast Malaka is, beside the least that the same work can cost; docs/benchmarks.md tells how to read it."""
