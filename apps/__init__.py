"""The applications on Millstream, one plain package each, installed as `millstream_apps.<name>`."""
