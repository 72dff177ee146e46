"""The widget: its script, its settings, and the sites that it stands on."""
