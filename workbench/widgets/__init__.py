"""Widgets for live work in JupyterLab, Notebook and Voilà, one file each; all they do is a call that scripts have too."""
