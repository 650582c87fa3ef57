"""`metarr doctor`: looks at everything around Metarr for real, and says in a sentence what to do."""
