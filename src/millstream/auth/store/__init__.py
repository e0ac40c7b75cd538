"""The rows of auth and the statements over them, in Supabase's tables: each takes the caller's open transaction."""
