"""Pages: entrance, own account, people, keys, logs, and the demo's mail."""
