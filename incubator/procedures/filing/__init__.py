"""Filing (备案): from the application to the served certificate, with renewal, change and exit."""
