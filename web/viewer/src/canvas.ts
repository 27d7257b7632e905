// The canvas: shows the picture's pixels one to one on the display's, and the cursor over it.

import { toShow, type Area, type Picture } from './decoder.js';

// The order of cursor-shape-v1; 0 hides it.
const cursors = ['none', 'default', 'context-menu', 'help', 'pointer', 'progress', 'wait', 'cell', 'crosshair',
  'text', 'vertical-text', 'alias', 'copy', 'move', 'no-drop', 'not-allowed', 'grab', 'grabbing', 'e-resize',
  'n-resize', 'ne-resize', 'nw-resize', 's-resize', 'se-resize', 'sw-resize', 'w-resize', 'ew-resize', 'ns-resize',
  'nesw-resize', 'nwse-resize', 'col-resize', 'row-resize', 'all-scroll', 'zoom-in', 'zoom-out'];

export class Canvas {
  private readonly context: CanvasRenderingContext2D;
  private shown: { picture: Picture; data: ImageData } | undefined;

  constructor(readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('no 2d canvas');
    this.context = context;
  }

  draw(picture: Picture, changed: readonly Area[]): void {
    const { width, height } = picture;
    if (this.shown?.picture !== picture) {
      this.shown = { picture, data: new ImageData(picture.bytes, width, height) };
      if (this.canvas.width !== width || this.canvas.height !== height) {
        this.canvas.width = width;
        this.canvas.height = height;
        this.fit();
      }
    }
    for (const area of toShow(changed)) {
      this.context.putImageData(this.shown.data, 0, 0, area.x, area.y, area.width, area.height);
    }
  }

  // One pixel of the picture on one of the display, whatever the zoom.
  fit(): void {
    this.canvas.style.width = `${this.canvas.width / devicePixelRatio}px`;
    this.canvas.style.height = `${this.canvas.height / devicePixelRatio}px`;
  }

  cursor(shape: number): void {
    this.canvas.style.cursor = cursors[shape] ?? 'default';
  }
}
