"""The HTTPS mailbox for subcontractors' software: a token per organisation, XML in and out."""
