"""Engine, sessions, migrations, partitions and roles."""
