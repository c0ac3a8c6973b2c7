"""Forms of errands: the window, the steps, the bars over lists."""
