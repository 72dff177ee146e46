"""Scripts for developers; none is needed to run the product."""
