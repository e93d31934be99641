"""How a ledger's tables came to be, one step a file; run from code when a ledger is made or opened."""
