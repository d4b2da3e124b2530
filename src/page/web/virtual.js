// Many rows of one height, of which only those in sight exist.

import { h } from "./dom.js";

/** Rows above and below the sight that are there, too. */
const AROUND = 8;

export class Virtual {
  /** `make(index)` makes the element of a row. */
  constructor(scroller, height, make) {
    this.scroller = scroller;
    this.height = height;
    this.make = make;
    this.count = 0;
    this.rows = new Map();
    this.space = h("div", { class: "space-of-rows", role: "presentation" });
    scroller.append(this.space);
    scroller.addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.soon()).observe(scroller);
  }

  /** Makes all rows in sight anew. */
  refresh(count, height = this.height) {
    this.count = count;
    this.height = height;
    this.space.style.height = `${count * height}px`;
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.draw();
  }

  soon() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      this.draw();
      this.onscroll?.();
    });
  }

  /** The first and the last row in sight. */
  sight() {
    const first = Math.floor(this.scroller.scrollTop / this.height);
    const last = Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / this.height);
    return [first, Math.min(last, this.count) - 1];
  }

  draw() {
    const [first, last] = this.sight();
    const from = Math.max(0, first - AROUND);
    const to = Math.min(this.count - 1, last + AROUND);
    for (const [index, row] of this.rows) {
      if (index < from || index > to) {
        row.remove();
        this.rows.delete(index);
      }
    }
    for (let index = from; index <= to; index += 1) {
      if (this.rows.has(index)) continue;
      const row = this.make(index);
      row.style.transform = `translateY(${index * this.height}px)`;
      this.rows.set(index, row);
      this.space.append(row);
    }
  }

  /** Brings a row into sight. */
  show(index, { middle = false } = {}) {
    const top = index * this.height;
    const { scrollTop, clientHeight } = this.scroller;
    if (middle) this.scroller.scrollTop = top - clientHeight / 2;
    else if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) this.scroller.scrollTop = top + this.height - clientHeight;
    this.draw();
  }
}
