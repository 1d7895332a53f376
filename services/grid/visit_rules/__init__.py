"""走访规则: how often people with a tag are visited, when a missed visit becomes an incident, and on which form."""
