"""The catalogues of Norwegian and Danish words, and the tool that keeps them in step with the source."""
