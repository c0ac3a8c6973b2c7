"""Supervision: meetings every two months, findings, duties, inspections, reviews, support, targets, cases."""
