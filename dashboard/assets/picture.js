// Two buttons below a figure: each saves it at once, with the certificate inside the file. The picture is made in the
// reader's browser: Plotly's own camera draws the SVG, what it would save is caught, and a PNG is drawn from it.

const SCALE = 2 // pixels of a PNG for each of the figure, so that it can be printed
const AFTER_HEADER = 33 // bytes of a PNG's signature and its IHDR chunk: notes may follow
const PATIENCE = 20_000 // milliseconds until a picture counts as failed

export default function ({ parentElement, data }) {
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => save(button, data, parentElement.querySelector("[role=status]"))
    button.disabled = false // until now a click would have been lost
  }
}

async function save(button, data, status) {
  const kind = button.value
  button.disabled = true
  status.textContent = ""
  try {
    const text = await drawn(data.figure)
    const svg = certified(text, await letters(text), data)
    const file = kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await png(svg, data)
    hand(file, `${data.figure}.${kind}`)
  } catch (error) {
    status.textContent = "This browser could not save the picture; the data can be downloaded beside it."
    console.error(error)
  } finally {
    button.disabled = false
  }
}

async function cameraOf(figure) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    const camera = document.querySelector(`.st-key-frame-${CSS.escape(figure)} .modebar-btn`)
    if (camera) return camera
    await new Promise((resolve) => setTimeout(resolve, 100)) // a figure that is still being drawn
  }
  throw new Error("the figure was not drawn in time")
}

async function drawn(figure) {
  const camera = await cameraOf(figure)
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      document.removeEventListener("click", caught, true)
      clearTimeout(late)
      settle(value)
    }
    const caught = (event) => {
      if (event.target.download !== `${figure}.svg` || event.isTrusted) return
      event.preventDefault()
      fetch(event.target.href).then((answer) => answer.text()).then((text) => end(resolve, text), (e) => end(reject, e))
    }
    const late = setTimeout(() => end(reject, new Error("the picture was not made in time")), PATIENCE)
    document.addEventListener("click", caught, true)
    camera.click()
  })
}

// A picture knows nothing of the page's fonts, and other letters are wider: names would be cut off. It carries its own.
async function letters(text) {
  const sheets = [...document.styleSheets].filter((sheet) => !sheet.href || sheet.href.startsWith(location.origin))
  const faces = sheets.flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule)
  const used = faces.filter(({ style }) => {
    const family = style.getPropertyValue("font-family").replaceAll('"', "")
    return text.includes(family) && (style.getPropertyValue("font-style") !== "italic" || text.includes("italic"))
  })
  return (await Promise.all(used.map(carried))).join("\n")
}

async function carried(face) {
  const source = /url\("([^"]+)"\)/.exec(face.cssText)
  const file = await (await fetch(new URL(source[1], face.parentStyleSheet.href ?? location.href))).blob()
  const bytes = await new Promise((resolve) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result)
    reader.readAsDataURL(file)
  })
  return face.cssText.replace(source[1], bytes)
}

function certified(text, fonts, { certificate, background }) {
  const picture = new DOMParser().parseFromString(text, "image/svg+xml")
  const svg = picture.documentElement
  const note = picture.createElementNS(svg.namespaceURI, "metadata")
  note.setAttribute("id", "certificate")
  note.textContent = certificate
  const ground = picture.createElementNS(svg.namespaceURI, "rect")
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: background })) {
    ground.setAttribute(name, value)
  }
  const style = picture.createElementNS(svg.namespaceURI, "style")
  style.textContent = fonts
  svg.prepend(note, ground, style)
  return new XMLSerializer().serializeToString(picture)
}

async function png(svg, { certificate }) {
  const image = new Image()
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = image.naturalWidth * SCALE
  canvas.height = image.naturalHeight * SCALE
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  const plain = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"))
  const bytes = new Uint8Array(await plain.arrayBuffer())
  const parts = [bytes.slice(0, AFTER_HEADER), textChunk("certificate", certificate), bytes.slice(AFTER_HEADER)]
  return new Blob(parts, { type: "image/png" })
}

// PNG (Third Edition, W3C 2025), 11.3.3.2: a keyword, a zero, Latin-1 text; the checksum is over type and content.
function textChunk(keyword, text) {
  const body = new TextEncoder().encode(`tEXt${keyword}\0${text}`) // the certificate is JSON in ASCII
  const chunk = new Uint8Array(body.length + 8)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, body.length - 4)
  chunk.set(body, 4)
  view.setUint32(body.length + 4, checksum(body))
  return chunk
}

function checksum(bytes) {
  let sum = ~0
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

function hand(file, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE)
}
