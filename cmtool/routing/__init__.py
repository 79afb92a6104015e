"""The way to an address: directly or through a proxy, which one, and what that proxy asks for."""
