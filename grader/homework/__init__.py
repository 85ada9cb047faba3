"""The documents (assignment, key, submission) as models; reading and writing TOML."""
