"""TypeScript types of a schema in the shape that supabase-js takes: `types` names, `document` writes them. Pure."""
