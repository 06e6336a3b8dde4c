"""The demo organisation: a home-care centre with people, contacts and cases at every stage."""
