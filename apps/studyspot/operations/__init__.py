"""What people do in StudySpot, one module a subject."""
