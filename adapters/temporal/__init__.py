"""Time: the workflows' way to the service, and the service's way to the workflows. In reading order:

activities  what a workflow asks of the service; answers are values
rearm       which alarms should be set, from the store alone, and setting them
client      the desk: a command in, its outcome out, whether Temporal answers or not
worker      runs workflows and activities
"""
