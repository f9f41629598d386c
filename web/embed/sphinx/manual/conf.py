project = "Guessing ahead"
extensions = ["decodescope.sphinx", "myst_parser"]
html_theme = "alabaster"
