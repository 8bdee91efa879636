"""Speed as ratios: the real site against a bare page of the same size, in the same run."""
