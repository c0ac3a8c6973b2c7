"""比例区间: the six ratios of a year, what they ask of a township, ranges of single holders, exceptions."""
