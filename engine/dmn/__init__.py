"""Decision models (DMN 1.3): read, checked and evaluated with our own expressions."""
