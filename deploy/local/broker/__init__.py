"""Embedded Kafka broker for demonstrations and tests: librdkafka's mock cluster behind a fixed port."""
