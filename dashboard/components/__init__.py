"""Parts that pages share. Each draws one thing; none computes a number."""
