"""The inbound door: events of county systems, judged one by one, each with an answer."""
