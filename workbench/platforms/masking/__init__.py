"""How secrets are told from other text: by the name they stand under, by their own looks, or by both.

`words` knows names and placeholders, `values` judges a value under a name, `named` finds such values inside text,
`vendors` and `forms` know looks, `text` puts them together and looks below encodings. `platforms.secrets` applies it
to a document.
"""
