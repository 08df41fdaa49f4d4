"""Where the hubs deliver: an address for each main contractor and hub."""
