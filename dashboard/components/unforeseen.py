"""What goes wrong while a page is drawn: said in a sentence, and the rest of the app goes on."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import streamlit as st

from dashboard.words import text
from pipeline.errors import NeedlingError, trace_of

_LOG = logging.getLogger(__name__)

FAILED = "page-failed"
"""By this whoever drives a browser tells a part that failed from news that happen to be bad."""

_OUT_OF_MEMORY = (MemoryError, duckdb.OutOfMemoryException)


@contextmanager
def told() -> Iterator[None]:
    """Draw what was foreseen by its own words, anything else by a reference under which the log has its place.

    The log gets no text of it, for a library's message can quote a value. What Streamlit itself raises to stop or to
    begin anew is no Exception, and passes.
    """
    try:
        yield
    except NeedlingError as error:  # such as a version of an earlier release: it says what to do
        st.error(str(error), title=text.CANNOT_SHOW, icon=":material/error:")
    except Exception as error:  # whatever it is: nothing is hidden, the log names it, and the app goes on
        reference = secrets.token_hex(4)
        _LOG.error("a page failed, reference %s: %s", reference, trace_of(error))
        sentences = text.OUT_OF_MEMORY if isinstance(error, _OUT_OF_MEMORY) else text.UNFORESEEN
        with st.container(key=FAILED):
            st.error(sentences.format(reference=reference), title=text.CANNOT_SHOW, icon=":material/error:")
