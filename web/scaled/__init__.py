"""The scaled set-up on one machine: every part a process, kept running by a supervisor."""
