"""Where each rule of the standard is enforced, found in the code, and the page that tells of it."""
