// Photos: shrunk in the phone, shown as they will be sent; none is ever asked for.

import { newId } from "./ids.js";

const SIDE = 1280;
const BYTES = 300 * 1024;

const toBlob = (canvas, quality) => new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });

function drawn(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A JPEG of at most about 300 KB; where the browser cannot draw it, the file as it is (the server shrinks it, too). */
export async function shrink(file) {
  let bitmap;
  try {
    bitmap = await window.createImageBitmap(file);
  } catch (error) {
    return file;
  }
  let best = null;
  for (const [side, quality] of [[SIDE, 0.8], [SIDE, 0.6], [960, 0.6], [720, 0.5]]) {
    best = await toBlob(drawn(bitmap, side), quality);
    if (best && best.size <= BYTES) break;
  }
  return best || file;
}

export class Photos {
  /** `changed` is called after every photo put in or taken out. */
  constructor(root, field, changed) {
    this.root = root;
    this.field = field;
    this.changed = changed;
    this.most = Number(root.dataset.most);
    this.photos = [];
    field.addEventListener("change", () => this.take());
  }

  async take() {
    const files = Array.from(this.field.files).slice(0, this.most - this.photos.length);
    this.field.value = "";
    for (const file of files) this.photos.push({ id: newId(), blob: await shrink(file) });
    this.draw();
    this.changed();
  }

  set(photos) {
    this.photos = photos;
    this.draw();
  }

  draw() {
    this.root.textContent = "";
    this.photos.forEach((photo, at) => {
      const frame = this.root.appendChild(document.createElement("div"));
      frame.className = "p-photo";
      const place = frame.appendChild(document.createElement("canvas"));
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", `照片 ${at + 1}`);
      window.createImageBitmap(photo.blob).then((bitmap) => place.replaceWith(this.small(bitmap, at)), () => {});
      const button = frame.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", `去掉照片 ${at + 1}`);
      button.addEventListener("click", () => {
        this.photos.splice(at, 1);
        this.draw();
        this.changed();
      });
    });
    this.field.closest("label").hidden = this.photos.length >= this.most;
  }

  small(bitmap, at) {
    const canvas = drawn(bitmap, 240);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `照片 ${at + 1}`);
    return canvas;
  }
}
