"""A served course: permissions, hand-ins, marks, and what is shown of them. It does not know HTTP."""
