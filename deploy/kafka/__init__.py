"""A real single-node Apache Kafka without a container engine."""
