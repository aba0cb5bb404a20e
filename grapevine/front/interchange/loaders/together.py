"""Groups, and the shares that bring people."""
