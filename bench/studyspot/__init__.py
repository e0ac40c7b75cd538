"""Students of StudySpot connected by Socket.IO while others book, in the whole server."""
