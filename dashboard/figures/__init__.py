"""View data to Plotly figures. Pure: no Streamlit, no reading; reports draw with the same functions."""
