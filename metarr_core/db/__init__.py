"""The database: tables by subject, queries by subject. Functions take a session; the caller owns the transaction."""
