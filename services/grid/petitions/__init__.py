"""信访: what people petition for, accepted, answered and reviewed by levels within the limits of the law."""
