// When a page of the dashboard counts as drawn: its title is there (another than `before`), its run is over, nothing on
// it is about to change, and every figure that is on the screen is drawn.

function isDrawn(before, failed) {
  const title = document.querySelector("h1")
  return (document.querySelector(failed) || (title && title.textContent !== before))
    && document.querySelector("[data-test-script-state=notRunning]")
    && !document.querySelector("[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]")
    && !missing().some(isOnScreen)
}

function missing() {
  const figures = [...document.querySelectorAll("[data-testid=stPlotlyChart]")]
  return figures.filter((figure) => !figure.querySelector(".main-svg"))
}

function isOnScreen(place) {
  const { top, bottom } = place.getBoundingClientRect()
  return top < innerHeight && bottom > 0
}
