"""Party life, light: meetings, appraisal as counts, education, floating members."""
