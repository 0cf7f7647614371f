"""What people read: domain values and an instant in, Block Kit out. Pure: nothing here sends, stores or tells time."""
