// Keeps the place of a figure that is not drawn yet, and asks for it once everything else is: where the reader comes
// near it, or where it is the first that waits. So all of them are there in the end, on paper and for a search, too.

const NEAR = "100% 0px" // a screen above and below
const LOOK = 50 // milliseconds between two looks at what is drawn
const AGAIN = 10_000 // milliseconds until a figure that did not come is asked for once more

let awaited // one at a time, whichever component asks: of two questions at the same moment the server heard one

export default function ({ parentElement, data, setTriggerValue }) {
  const place = parentElement.querySelector("[role=img]")
  place.setAttribute("aria-label", data.alt)
  place.style.height = `${data.height}px`
  let isNear = false
  const root = document.querySelector("[data-testid=stMain]")
  const watcher = new IntersectionObserver((seen) => (isNear = seen.at(-1).isIntersecting), { root, rootMargin: NEAR })
  watcher.observe(place)
  const timer = setInterval(() => {
    if (!isDrawn() || isAwaited() || !(isNear || isFirst(place))) return
    awaited = { place, since: Date.now() }
    setTriggerValue("asked", true)
  }, LOOK)
  return () => {
    clearInterval(timer)
    watcher.disconnect()
  }
}

function isDrawn() {
  const figures = [...document.querySelectorAll("[data-testid=stPlotlyChart]")]
  const isFinished = document.querySelector("[data-test-script-state=notRunning]")
  return isFinished && figures.every((figure) => figure.querySelector(".main-svg"))
}

function isAwaited() {
  return awaited?.place.isConnected && Date.now() - awaited.since < AGAIN
}

function isFirst(place) {
  return document.querySelector('[class*="st-key-unseen-"]')?.contains(place.getRootNode().host ?? place)
}
