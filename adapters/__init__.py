"""The technologies behind the ports: one folder or module each, none of which knows another."""
