"""What is done for people: visits, tickets, party life, teams and notices get their rooms here."""
