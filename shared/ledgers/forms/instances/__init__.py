"""What a phone sends: an XML instance of a form, read strictly, and the values of a record in it."""
