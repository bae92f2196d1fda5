// When a page of the dashboard counts as drawn: its title is there (another than `before`), its run is over, nothing on
// it is about to change, and every figure that is on the screen is drawn. Figures further down come after that.

function isDrawn(before, failed) {
  const title = document.querySelector("h1")
  return (document.querySelector(failed) || (title && title.textContent !== before))
    && document.querySelector("[data-test-script-state=notRunning]")
    && !document.querySelector("[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]")
    && !missing().some(isOnScreen)
}

function missing() {
  const figures = [...document.querySelectorAll("[data-testid=stPlotlyChart]")]
  const places = [...document.querySelectorAll('[class*="st-key-unseen-"]')]
  return [...places, ...figures.filter((figure) => !figure.querySelector(".main-svg"))]
}

function isOnScreen(place) {
  const { top, bottom } = place.getBoundingClientRect()
  return top < innerHeight && bottom > 0
}
