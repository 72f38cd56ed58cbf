"""What PASTI prints: written reports, receipts and case files, as PDF by typst. Values in, bytes out."""
