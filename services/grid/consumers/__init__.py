"""In over Kafka: routes, and one file per publisher."""
