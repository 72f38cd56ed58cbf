"""`pasti doctor`: what is wrong, and how to mend it. It looks, and changes nothing."""
