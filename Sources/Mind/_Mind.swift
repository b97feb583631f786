// Mind: see docs/architecture.md
