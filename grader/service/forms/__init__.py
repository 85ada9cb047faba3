"""What a student sees and types: fields, how they are read, and the submission they make; no routes, no database."""
