"""The demonstration: invented people, enterprises and appeals, played through the real commands up to today."""
