"""Where orders of size were taken from. Most were read as abstracts or table pages, not as full texts."""

EVIDENCE = {
    "F1": "pmc.ncbi.nlm.nih.gov/articles/PMC3746236 (Dhurat 2013)",
    "F2": "pmc.ncbi.nlm.nih.gov/articles/PMC9830423/table/T5 (review table of trials)",
    "F4": "pubmed.gov/32897622 (Faghihi 2021)",
    "F5": "pagepress.org/journals/dr/article/view/9945 (Adistri 2024)",
    "F7": "dermatologyadvisor.com, report on a trial in female pattern hair loss, pubmed.gov/36214061",
    "F9": "revivetrainings.com, copy of a split-scalp pilot of fractional radiofrequency (Yu 2018)",
    "F16": "pubmed.ncbi.nlm.nih.gov/36471758 (uncontrolled series of 83)",
    "F19": "doaj.org/article/59e792bb94984c67b6628439ffc72e50 (Dhurat 2015)",
    "F26": "pmc.ncbi.nlm.nih.gov/articles/PMC8776974 (English 2022, review)",
    "F27": "pmc.ncbi.nlm.nih.gov/articles/PMC8776974/table/Tab3 (alopecia areata trials)",
    "F32": "karger.com/sad/article/9/6/397/868340 (Gupta 2023, network meta-analysis)",
    "F34": "pubmed.gov/38239003 (Pei 2024, meta-analysis)",
    "F38": "ouci.dntb.gov.ua/en/works/7X1Z3mr4 (Chu 2021, review of safety)",
    "F39": "litmetric.com/detail/33584968 (review of 51 articles)",
    "F44": "techtarget.com/pharmalifesciences/news/366607960 (infections after treatment at a spa)",
    "F54": "shinemycrown.com and famavip.com (prices; low grade)",
    "F56": "owndoc.com/dermarolling/dermaneedling-against-hair-loss (vendor)",
    "F73": "tressless.com/research/interrater-agreement-in-male-pattern-hair-loss-1PGP (secondary summary)",
    "F76": "scribd.com/document/139377064 (Hoffmann 2005; operator ICC 0.91)",
    "F81": "discovery.researcher.life/article/natural-history-of-androgenetic-alopecia",
    "F83": "parjournal.net/article/view/3947 (unequal steps of stages)",
    "F84": "pmc.ncbi.nlm.nih.gov/articles/PMC7497182/table/srt12827-tbl-0004 (density of men without hair loss)",
}
"""Mark, and address with what stands there."""
