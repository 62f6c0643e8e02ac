"""What every HTTP API of the project is made of: errors, pages, fields, throttles, the schema."""
