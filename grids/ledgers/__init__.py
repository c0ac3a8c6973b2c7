"""Small registers of a village: columns declared once give list, form, Excel in and out, and print."""
