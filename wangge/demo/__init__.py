"""The sample city: generates a fictitious district and the files that its surveyors deliver."""
