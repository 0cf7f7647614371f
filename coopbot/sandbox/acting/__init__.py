"""What a person does, and what the app is told of it."""
