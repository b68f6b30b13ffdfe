"""begone: tells a web page's content from its pleas."""

__version__ = "1.0.0"
