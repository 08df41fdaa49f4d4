"""Who may play the municipality, in the demo only."""

from hoofdaannemer.core.scope import CARE

ACCESS = {
    "demo_municipality": ("get", dict.fromkeys(sorted(CARE), 200)),
    "demo_request_answer": ("post", dict.fromkeys(sorted(CARE), 302)),
}
