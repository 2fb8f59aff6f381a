"""What Greffe does in a second on this machine, each figure beside a bare one taken in the same run."""
