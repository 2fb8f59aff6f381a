"""One module and one script per version of the schema."""
