"""OGC API - Processes 1.0 (18-062r2): what the registry works out, at once or as a job."""
