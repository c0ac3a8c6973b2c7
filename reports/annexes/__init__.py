"""The annexes: what each is, its page, its files, and the jobs that print long ones."""
