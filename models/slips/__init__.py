"""Official slips: content frozen at issue, numbers without gaps, verification codes, PDFs that reprint to the byte."""
