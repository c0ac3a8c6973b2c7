"""勾稽检查: the nineteen rules annexes 1 to 4 are held to, over a village or the township at once."""
