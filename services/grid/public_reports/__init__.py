"""公众随手拍: what anybody reports without a login, held until an office files it, followed by a progress code."""
