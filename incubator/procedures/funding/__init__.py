"""Project funding (公益创投、小额资助): from the application under a call to the signed agreement."""
