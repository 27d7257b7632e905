// What a test does with the viewer's canvas: it reads pixels and points at them; it never looks inside.

const canvasSelector = 'canvas[data-testid=screen]';

// The demonstration site's marker: four quadrants of 16×16 device-independent pixels.
export const markerColours = ['1e6f5c', 'e9c46a', '264653', 'f4a261'];

export class Screen {
  constructor(page) {
    this.page = page;
    this.canvas = page.locator(canvasSelector);
  }

  // The canvas's pixels as {width, height, data: Buffer of RGBA}.
  async picture() {
    const { width, height, base64 } = await this.canvas.evaluate((canvas) => {
      const { width, height } = canvas;
      const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
      let text = '';
      for (let at = 0; at < data.length; at += 32768) {
        text += String.fromCharCode(...data.subarray(at, at + 32768));
      }
      return { width, height, base64: btoa(text) };
    });
    return { width, height, data: Buffer.from(base64, 'base64') };
  }

  async colourAt(x, y) {
    const [r, g, b] = await this.canvas.evaluate(
      (canvas, [px, py]) => Array.from(canvas.getContext('2d').getImageData(px, py, 1, 1).data), [x, y]);
    return [r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('');
  }

  // Waits, inside the page so that no round trip is lost, until `colour` (rrggbb) covers at least `count`
  // pixels; gives the first of them and how long it took, in milliseconds.
  async waitForColour(colour, { count = 64, timeout = 15000 } = {}) {
    const found = await this.canvas.evaluate(async (canvas, { colour, count, timeout }) => {
      const wanted = parseInt(colour, 16);
      const began = performance.now();
      const context = canvas.getContext('2d');
      for (;;) {
        const { width, height } = canvas;
        const data = context.getImageData(0, 0, width, height).data;
        let seen = 0;
        let first = -1;
        for (let at = 0; at < data.length; at += 4) {
          if (((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]) !== wanted) continue;
          if (first < 0) first = at / 4;
          seen += 1;
        }
        const elapsed = performance.now() - began;
        if (seen >= count) return { x: first % width, y: Math.floor(first / width), pixels: seen, elapsed };
        if (elapsed > timeout) return null;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }, { colour, count, timeout });
    if (found === null) throw new Error(`the colour #${colour} did not appear on the canvas in ${timeout} ms`);
    return found;
  }

  async waitForNoColour(colour, { timeout = 15000 } = {}) {
    const end = Date.now() + timeout;
    while (await this.waitForColour(colour, { timeout: 0 }).then(() => true, () => false)) {
      if (Date.now() > end) throw new Error(`the colour #${colour} is on the canvas after ${timeout} ms`);
    }
  }

  // The upper left corner of the marker, in canvas pixels.
  async waitForMarker(options) {
    for (const colour of markerColours) await this.waitForColour(colour, options);
    return this.waitForColour(markerColours[0], options);
  }

  // Clicks at a place given in canvas pixels.
  async click(x, y, options = {}) {
    const box = await this.canvas.boundingBox();
    const [width, height] = await this.canvas.evaluate((canvas) => [canvas.width, canvas.height]);
    await this.page.mouse.click(box.x + (x * box.width) / width, box.y + (y * box.height) / height, options);
  }

  // The centre of the first block of `colour`.
  async clickColour(colour, options) {
    await this.click(...(await this.placeOf(colour, options)));
  }

  // The panel's entry that says why `place` (a host, with its port) was refused; the panel is closed again.
  async refusalOf(place) {
    await this.page.locator('.banner:not([hidden])', { hasText: place.split(':')[0] }).waitFor({ timeout: 15000 });
    await this.page.locator('[data-action=why]').click();
    const entry = this.page.getByTestId('refusals').locator('li', { hasText: place }).first();
    const text = await entry.innerText();
    await this.page.keyboard.press('Escape');
    return text.split('\n').filter(Boolean).join(' / ');
  }

  async placeOf(colour, options) {
    const { x, y } = await this.waitForColour(colour, options);
    return [x + 4, y + 4];
  }

  async end() {
    await this.page.locator('[data-action=end]').click();
    await this.page.locator('[data-action=end_now]').click();
    await this.page.getByTestId('ended').waitFor();
  }
}
