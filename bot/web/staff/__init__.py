"""The pages of staff under /staff, and the same as JSON under /api/v1/staff."""
