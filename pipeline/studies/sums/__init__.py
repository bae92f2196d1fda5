"""Two arms as sums: what linear models need of a study, whatever the number of people."""
