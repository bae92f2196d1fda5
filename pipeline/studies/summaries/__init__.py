"""What pages read of a version's summaries: cells of people as rates, means and medians with their uncertainty.

cells      one cell's sums as a share or a mean, or why there is none
safety     side effects per session asked, and how soon they are over
cost       what people pay, by currency
adherence  plan against done, gaps, switching, who stops
drift      this version's columns against the last one's, and signs of self-report filled in
"""
