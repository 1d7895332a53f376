"""Messaging between services over Kafka: outbox, consumer, projection, rebuild, dead letters, inbound events."""
