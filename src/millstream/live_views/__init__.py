"""Live views: declared queries whose results reach those who may see them, and again whenever they change.

An application declares them with `LiveView`; `server` runs a project's `LiveViews` beside its log and its channels.
"""

from millstream.live_views.view import LiveView, Reads, reads

__all__ = ["LiveView", "Reads", "reads"]
