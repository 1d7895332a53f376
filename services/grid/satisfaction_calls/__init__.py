"""满意度回访: whoever reported is asked once, after closing, how satisfied they are; silence is no satisfaction."""
