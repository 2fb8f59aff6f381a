"""The verbs of the `greffe` command, one file each; a file is imported when its verb is asked for."""
