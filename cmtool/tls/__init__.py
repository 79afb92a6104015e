"""TLS: which certificates are trusted, and what a handshake or a certificate says of itself."""
