"""The Flask toolkit: sessions, pages, forms, permissions, headers. It knows no domain."""
