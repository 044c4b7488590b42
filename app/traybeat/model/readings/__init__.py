"""What the operating system tells, as values: one file for each subject, with the protocol of its source."""
