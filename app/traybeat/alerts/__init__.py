"""Floor 3: rules, the state of alerts, and the journal that both survive in."""
