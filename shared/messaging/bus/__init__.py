"""The message bus: its interface, the Kafka client, topics, and CloudEvents on the wire."""
