"""What an auditor can check without trusting the service: the tree, the checkpoints, the bundle, the verifier."""
