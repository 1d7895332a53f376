"""标签联系人: guardians and responsible persons of people with a tag."""
