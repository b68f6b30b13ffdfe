"""How the model is made: corpus → dataset → stages → evaluation → files. Imports `app`; nothing imports it back."""
