"""What goes in and out: one file for each group of routes. OpenAPI and TypeScript are generated from these."""
