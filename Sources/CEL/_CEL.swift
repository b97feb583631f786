// CEL: see docs/architecture.md
