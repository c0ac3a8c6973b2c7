"""Forms of visits: what is written down, what happens in a grid, and the bars over the lists."""
