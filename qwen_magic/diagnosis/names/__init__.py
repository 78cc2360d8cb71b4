"""Names, attributes, modules and imports that are not what they are called."""
