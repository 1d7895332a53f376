"""Apache Kafka for trials and tests: one node without a container engine; access rules, also as Strimzi resources."""
