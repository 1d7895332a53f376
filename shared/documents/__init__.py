"""Our machine-readable documents as pages for people: plain HTML and style, no script, nothing from elsewhere."""
