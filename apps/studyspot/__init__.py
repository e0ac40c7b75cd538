"""StudySpot: seats in libraries, whose plans, dashboards and rooms follow at once. Read README.md, then app.py."""
