"""Any official blank: a county's own workbook uploaded, its cells told what they are for, and filled."""
