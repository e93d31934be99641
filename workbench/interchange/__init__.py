"""Other threat-modelling formats, one file each."""
