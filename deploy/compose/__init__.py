"""What deploy/compose.yaml needs beside the image: secrets, databases, a proxy."""
